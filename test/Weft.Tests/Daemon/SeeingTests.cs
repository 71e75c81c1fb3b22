using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Daemon.Metrics;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Tests.Cli;
using Weft.Tests.Linux;

namespace Weft.Tests.Daemon;

/// <summary>Events, metrics and the refusals of captures, through the API.</summary>
public sealed unsafe class SeeingTests : IDisposable
{
    private const string Lab = "networks: { lab: nat-network }\nvms: { alpha: [lab], beta: [lab] }\nforwards: [8080:alpha:80]\n";

    private readonly TestDaemon _daemon = new();

    public void Dispose() => _daemon.Dispose();

    [Fact]
    public void What_happens_is_told_as_it_happens()
    {
        using StreamClient stream = StreamClient.Get(_daemon.Home, ApiPaths.Events);
        using StreamReader lines = new(stream.Body);

        _daemon.Up(Lab);
        EventDocument up = Next(lines, EventKinds.Change);
        Assert.Contains("add network lab", up.Text);
        Assert.Equal("127.0.0.1:8080/tcp", Next(lines, EventKinds.ForwardAdded).Subject);

        Thread.Sleep(600); // a look at how things are: what follows is a change
        Counters(0).Carrier = 1;
        Assert.Equal("alpha:1", Next(lines, EventKinds.NicConnected).Subject);
        Counters(0).Carrier = 0;
        Assert.Equal("alpha:1", Next(lines, EventKinds.NicDisconnected).Subject);

        ref LeaseRecord lease = ref _daemon.Worker.State.Array<LeaseRecord>(SharedArray.Leases)[3];
        lease.Mac = new(0x525400000001);
        lease.Address = Weft.Wire.IpAddress.FromV4(0x0a14_000f);
        lease.NetworkId = _daemon.Worker.Networks[0].Id;
        EventDocument leased = Next(lines, EventKinds.Lease);
        Assert.Equal(("10.20.0.15", "52:54:00:00:00:01"), (leased.Address, leased.Mac));

        Counters(1).Drops[(int)DropReason.MacMoved] = 3;
        Assert.Contains("beta:1", Next(lines, EventKinds.ProblemAppeared).Text);
        Counters(1).Drops[(int)DropReason.MacMoved] = 0;
        Assert.StartsWith("over: ", Next(lines, EventKinds.ProblemCleared).Text);

        _daemon.Keepers.Replace();
        Next(lines, EventKinds.WorkerRestarted);

        EventDocument[] latest = _daemon.Client.Get(ApiPaths.EventLog, ApiJson.Default.EventList).Items;
        Assert.Equal(latest.Select(e => e.Id).Order(), latest.Select(e => e.Id));
        Assert.Equal(up.Text, latest[0].Text);
    }

    [Fact]
    public void A_client_that_does_not_read_holds_up_nobody()
    {
        using Socket deaf = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        deaf.Connect(new UnixDomainSocketEndPoint(_daemon.Home.ApiSocket));
        deaf.Send(Encoding.ASCII.GetBytes($"GET {ApiPaths.Events} HTTP/1.1\r\nHost: weft\r\n\r\n"));
        _daemon.Up(Lab);
        for (int i = 0; i < 40; i++)
        {
            _daemon.AddForward($"{9000 + i}:alpha:80");
        }
        Assert.True(_daemon.Client.Get(ApiPaths.EventLog, ApiJson.Default.EventList).Items.Length > 80);
    }

    [Fact]
    public void Metrics_are_what_a_strict_reader_takes()
    {
        PrometheusText idle = PrometheusText.Read(_daemon.Client.GetText(ApiPaths.Metrics));
        Assert.Equal(0, idle["weft_worker_up"]);

        _daemon.Up(Lab);
        Counters(0).FramesIn = 12;
        Counters(0).BytesOut = 34_000_000_000_000;
        Counters(1).Drops[(int)DropReason.PortFull] = 5;
        PrometheusText metrics = PrometheusText.Read(_daemon.Client.GetText(ApiPaths.Metrics));

        Assert.Equal(12, metrics["weft_port_frames_total{network=\"lab\",port=\"alpha:1\",direction=\"in\"}"]);
        Assert.Equal(34e12, metrics["weft_port_bytes_total{network=\"lab\",port=\"alpha:1\",direction=\"out\"}"]);
        Assert.Equal(5, metrics["weft_port_drops_total{network=\"lab\",port=\"beta:1\",reason=\"port-full\"}"]);
        Assert.Single(metrics.Samples, s => s.StartsWith("weft_port_drops_total", StringComparison.Ordinal));
        Assert.Equal((1.0, 0.0), (metrics["weft_worker_up"], metrics["weft_worker_restarts_total"]));
        Assert.True(metrics["weft_process_resident_bytes{process=\"daemon\"}"] > 1_000_000);
        _daemon.Keepers.Replace();
        Eventually.True(() => PrometheusText.Read(_daemon.Client.GetText(ApiPaths.Metrics)) is var now && now["weft_worker_up"] == 1 &&
            now["weft_worker_restarts_total"] == 1, "the next worker is counted");
    }

    [Fact]
    public void Labels_are_escaped()
    {
        string text = Encoding.UTF8.GetString(new MetricsText().Gauge("weft_x", "Something.").Add(1.5, ("a", "q\"b\\n\n")).ToBytes());
        Assert.Equal("# HELP weft_x Something.\n# TYPE weft_x gauge\nweft_x{a=\"q\\\"b\\\\n\\n\"} 1.5\n", text);
        Assert.Equal(1.5, PrometheusText.Read(text)["weft_x{a=\"q\\\"b\\\\n\\n\"}"]);
    }

    [Theory]
    [InlineData("alhpa:1", ErrorCode.UnknownPoint, "did you mean 'alpha:1'?")]
    [InlineData("lab/gatway", ErrorCode.UnknownPoint, "lab")]
    [InlineData("", ErrorCode.UnknownPoint, "alpha:1")]
    public void A_point_that_is_not_there_is_refused(string point, string code, string hint)
    {
        _daemon.Up(Lab);
        WeftError error = Refusal(new CaptureRequest([point]));
        Assert.Equal(code, error.Code);
        Assert.Contains(hint, error.Cause);
    }

    [Fact]
    public void Other_requests_that_cannot_be_are_refused_too()
    {
        Assert.Equal(ErrorCode.NotRunning, Refusal(new CaptureRequest(["lab"])).Code);
        _daemon.Up(Lab);
        Assert.Equal(ErrorCode.BadRequest, Refusal(new CaptureRequest([])).Code);
        Assert.Equal(ErrorCode.BadFilter, Refusal(new CaptureRequest(["lab"]) { Filter = "tcp and" }).Code);
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.OpenCapture ? Weft.Linux.Errno.ENOSPC : 0;
        Assert.Equal(ErrorCode.TableFull, Refusal(new CaptureRequest(["lab"])).Code);
        CommandException unknown = Assert.Throws<CommandException>(() => _daemon.Client.Get(ApiPaths.CaptureOf(7), ApiJson.Default.CaptureDocument));
        Assert.Equal((ErrorCode.UnknownCapture, ExitCode.NotFound), (TryLine.Checked(unknown.Error).Code, unknown.ExitCode));
    }

    private WeftError Refusal(CaptureRequest request) => TryLine.Checked(Assert.Throws<CommandException>(() =>
        StreamClient.Post(_daemon.Home, ApiPaths.Captures, request, ApiJson.Default.CaptureRequest)).Error);

    private ref PortCounters Counters(int port) => ref _daemon.Worker.State.Array<PortCounters>(SharedArray.PortCounters)[port];

    /// <summary>The next event of a kind; others in between are passed over.</summary>
    private static EventDocument Next(StreamReader lines, string kind)
    {
        string name = "";
        while (true)
        {
            string line = Task.Run(lines.ReadLine).WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult() ?? throw new IOException("the stream ended");
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            if (line.StartsWith("data: ", StringComparison.Ordinal) && name == kind)
            {
                EventDocument what = JsonSerializer.Deserialize(line["data: ".Length..], ApiJsonLines.Default.EventDocument)!;
                Assert.Equal(kind, what.Kind);
                return what;
            }
        }
    }
}
