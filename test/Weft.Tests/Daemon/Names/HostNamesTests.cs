using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Weft.Cli.Output;
using Weft.Daemon.Names;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Tests.Cli;
using Weft.Wire.Dns;
using static Weft.Tests.Gateway.Dns.DnsMessages;

namespace Weft.Tests.Daemon.Names;

/// <summary>Weftd's name server over real sockets of the loopback.</summary>
public sealed class HostNamesTests : IDisposable
{
    private const string Lab = "networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }\nvms: { alpha: { nics: [{ net: lab, ip: 10.20.0.50 }] } }\n";
    private const string Alpha = "alpha.weft.internal 10.20.0.50";

    private readonly TestDaemon _daemon = new();
    private readonly IPEndPoint _place = FreePlace();

    public void Dispose() => _daemon.Dispose();

    [Fact]
    public void Up_says_where_and_datagrams_and_connections_are_answered_there()
    {
        ChangeReply reply = Up(Lab, $"{_place}");

        Assert.Equal($"answer names at {_place}", reply.Steps[^1]);
        Assert.Contains($"DNS={_place}", Assert.Single(reply.Notes));
        Assert.Equal([Alpha], Ask("alpha.weft.internal")!.Answers);
        Assert.Equal([Alpha, Alpha], Connected([Query("alpha.weft.internal"), Query("alpha.weft.internal", id: 7)]).SelectMany(r => r.Answers));
        Assert.Empty(Up(null, $"{_place}").Steps);
        Assert.Equal((_place.ToString(), 3L, 0L), (Server!.Listen, Server.Queries, Server.Drops));
    }

    [Fact]
    public void A_change_is_answered_at_once()
    {
        Up(Lab, $"{_place}");
        Ask("alpha.weft.internal");
        _daemon.Up(Lab.Replace("10.20.0.50", "10.20.0.51"));

        Assert.Equal(["alpha.weft.internal 10.20.0.51"], Ask("alpha.weft.internal")!.Answers);
    }

    [Fact]
    public void It_is_remembered_over_a_restart_until_it_is_ended()
    {
        Up(Lab, $"{_place}");
        _daemon.Stop();
        _daemon.Start(awaitUp: false);
        Assert.Equal([Alpha], Ask("alpha.weft.internal")!.Answers);

        Assert.Equal([$"answer names at {_place} no more"], Up(null, "off").Steps);
        Assert.Null(Server);
        _daemon.Stop();
        _daemon.Start(awaitUp: false);
        Assert.Null(Server);
        using Socket taken = Bound(SocketType.Dgram);
    }

    [Fact]
    public void Another_place_takes_over()
    {
        Up(Lab, $"{_place}");
        IPEndPoint other = FreePlace();

        Assert.Equal([$"answer names at {other}"], Up(null, $"{other}").Steps);

        using Socket free = Bound(SocketType.Dgram);
        Assert.Equal(other.ToString(), Server!.Listen);
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void A_port_that_is_taken_is_told_and_nothing_is_changed(SocketType type)
    {
        using Socket taken = Bound(type);

        WeftError error = Refusal(() => Up(Lab, $"{_place}"), ExitCode.Conflict);

        Assert.Equal(ErrorCode.PortInUse, error.Code);
        Assert.Contains($"pid {Environment.ProcessId}", error.Cause);
        Assert.Empty(_daemon.Client.Get(ObjectPaths.Networks, ObjectJson.Default.NetworkList).Items);
        Assert.False(File.Exists(_daemon.Home.NameServer));
        Assert.Null(Server);
    }

    [Fact]
    public void An_up_that_is_refused_leaves_names_as_they_were()
    {
        Up(Lab, $"{_place}");
        IPEndPoint other = FreePlace();
        string stored = File.ReadAllText(_daemon.Home.NameServer);

        Assert.Throws<CommandException>(() => Up("networks: { lab: nat-netwrk }", $"{other}"));
        _daemon.FullAtWrite = 1;
        Assert.Equal(ErrorCode.DiskFull, Refusal(() => Up(null, $"{other}"), ExitCode.Failed).Code);

        Assert.Equal(stored, File.ReadAllText(_daemon.Home.NameServer));
        Assert.Equal([Alpha], Ask("alpha.weft.internal")!.Answers);
        Assert.False(File.Exists($"{_daemon.Home.NameServer}.new"));
    }

    [Theory]
    [InlineData("0.0.0.0:5354")]
    [InlineData("192.168.1.1:5354")]
    [InlineData("[::]:5354")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.1:5354")]
    [InlineData("")]
    public void Only_the_loopback_is_taken(string place)
    {
        Assert.Equal(ErrorCode.BadValue, Refusal(() => Up(Lab, place), ExitCode.Usage).Code);
        Assert.Null(Server);
    }

    [Fact]
    public void A_port_that_is_taken_at_the_start_is_a_problem_until_it_is_free()
    {
        Up(Lab, $"{_place}");
        _daemon.Stop();
        using (Socket taken = Bound(SocketType.Dgram))
        {
            _daemon.Start(awaitUp: false);
            ProblemDocument problem = Assert.Single(_daemon.Status().Problems, p => p.Text.Contains("names cannot be answered"));
            TryLine.Check(problem.Try!);
        }
        for (int i = 0; Server!.Problem is not null; i++)
        {
            Assert.True(i < 300, "it did not come about");
            Thread.Sleep(100);
        }
        Assert.Equal([Alpha], Ask("alpha.weft.internal")!.Answers);
    }

    [Fact]
    public void Garbage_is_counted_and_the_next_question_answered()
    {
        Up(Lab, $"{_place}");
        Random random = new(3);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < 50; i++)
        {
            byte[] garbage = new byte[random.Next(0, 1400)];
            random.NextBytes(garbage);
            if (garbage.Length > 2)
            {
                garbage[2] |= 0x80; // an answer, whatever else
            }
            client.SendTo(garbage, _place);
        }
        using (Socket half = Connect())
        {
            half.Send([0, 200, 1, 2, 3]);
        }
        using (Socket none = Connect())
        {
            none.Send([0, 0]);
            Assert.Equal(0, none.Receive(new byte[1]));
        }

        Assert.Equal([Alpha], Ask("alpha.weft.internal")!.Answers);
        Assert.Equal([Alpha], Connected([Query("alpha.weft.internal")]).Single().Answers);
        Assert.Equal((53L, 51L), (Server!.Queries, Server.Drops));
    }

    [Fact]
    public void Connections_are_bounded_and_datagrams_go_on()
    {
        Up(Lab, $"{_place}");
        Socket[] many = [.. Enumerable.Range(0, NameServer.MostConnections + 5).Select(_ => Connect())];

        Assert.Equal([Alpha], Ask("alpha.weft.internal")!.Answers);
        Assert.Equal(0, many[^1].Receive(new byte[1]));
        Assert.Equal(5, Server!.Drops);

        Array.ForEach(many, s => s.Dispose());
    }

    private NameServerDocument? Server => _daemon.Status().NameServer;

    private ChangeReply Up(string? text, string dns) => _daemon.Client.Post(ApiPaths.Up, new UpRequest(text, "lab.weft.yml") { Dns = dns },
        ApiJson.Default.UpRequest, ApiJson.Default.ChangeReply);

    private DnsReply? Ask(string name)
    {
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        client.Connect(_place);
        client.Send(Query(name));
        byte[] answer = new byte[2048];
        return DnsReply.Read(answer.AsSpan(0, client.Receive(answer)));
    }

    private List<DnsReply> Connected(byte[][] queries)
    {
        using NetworkStream stream = new(Connect(), ownsSocket: true) { ReadTimeout = 10_000 };
        List<DnsReply> replies = [];
        foreach (byte[] query in queries)
        {
            byte[] head = [(byte)(query.Length >> 8), (byte)query.Length];
            stream.Write([.. head, .. query]);
            stream.ReadExactly(head);
            byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
            stream.ReadExactly(answer);
            replies.Add(DnsReply.Read(answer));
        }
        return replies;
    }

    private Socket Connect()
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        client.Connect(_place);
        return client;
    }

    private Socket Bound(SocketType type)
    {
        Socket socket = new(AddressFamily.InterNetwork, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        socket.Bind(_place);
        if (type == SocketType.Stream)
        {
            socket.Listen();
        }
        return socket;
    }

    /// <summary>An address of this test's own: nobody else listens at a port of it.</summary>
    private static IPEndPoint FreePlace()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Parse($"127.{Random.Shared.Next(1, 250)}.{Random.Shared.Next(1, 250)}.{Random.Shared.Next(1, 250)}"), 0));
        return (IPEndPoint)probe.LocalEndPoint!;
    }

    private static WeftError Refusal(Action request, int exitCode)
    {
        CommandException problem = Assert.Throws<CommandException>(request);
        Assert.Equal(exitCode, problem.ExitCode);
        return TryLine.Checked(problem.Error);
    }
}
