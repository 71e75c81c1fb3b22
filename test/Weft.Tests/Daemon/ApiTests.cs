using Weft.Cli.Output;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Attaching;
using Weft.Model.Errors;
using Weft.Tests.Cli;
using Weft.Wire;

namespace Weft.Tests.Daemon;

public sealed partial class ApiTests : IDisposable
{
    private const string Lab = """
        networks:
          lab: { mode: nat-network, subnet: 10.20.0.0/24 }
          quiet: internal
        vms:
          alpha: [lab, quiet]
          beta: [lab]
        forwards:
          - 8080:alpha:80
        """;

    private readonly TestDaemon _daemon = new();

    public void Dispose() => _daemon.Dispose();

    [Fact]
    public void Up_builds_what_the_file_says_and_status_shows_it()
    {
        ChangeReply reply = _daemon.Up(Lab);

        Assert.Equal(
            ["add network lab (10.20.0.0/24)", "add network quiet", "add NIC alpha:1", "add NIC alpha:2", "add NIC beta:1",
                "add forward 8080:alpha:80/tcp"],
            reply.Steps);
        Assert.Equal(["lab", "quiet"], _daemon.Worker.Names(SharedArray.Networks));
        Assert.Equal(["alpha:1", "alpha:2", "beta:1"], _daemon.Worker.Names(SharedArray.Ports));
        Assert.Equal(["127.0.0.1:8080"], _daemon.Worker.Names(SharedArray.Forwards));
        NetworkRecord lab = _daemon.Worker.Networks[0];
        Assert.Equal(NetworkFlags.Gateway | NetworkFlags.Dhcp | NetworkFlags.Dns | NetworkFlags.Nat | NetworkFlags.HostLoopback, lab.Flags);
        Assert.Equal(("10.20.0.1", "10.20.0.1", "10.20.0.15", "10.20.0.254", 24),
            (lab.Gateway.ToString(), lab.Dns.ToString(), lab.PoolFirst.ToString(), lab.PoolLast.ToString(), (int)lab.PrefixLength));
        Assert.Equal(NetworkFlags.None, _daemon.Worker.Networks[1].Flags);
        StatusDocument status = _daemon.Status();
        Assert.Equal(("ok", 2, 2), (status.Worker.State, status.Networks.Length, status.Vms));
        Assert.Equal(["alpha:1", "beta:1"], status.Networks[0].Ports.Select(p => p.Name));
        Assert.Empty(status.Problems);
        Assert.False(status.Degraded);
    }

    [Fact]
    public void A_second_up_with_the_same_file_takes_no_step()
    {
        _daemon.Up(Lab);

        Assert.Empty(_daemon.Up(Lab).Steps);
        Assert.Empty(_daemon.Up(null).Steps);
    }

    [Fact]
    public void Up_without_a_file_is_the_default_network()
    {
        Assert.Equal(["add network default (10.20.0.0/24)"], _daemon.Up(null).Steps);
    }

    [Fact]
    public void Up_changes_only_what_changed()
    {
        _daemon.Up(Lab);
        lock (_daemon.Worker.Commands)
        {
            _daemon.Worker.Commands.Clear();
        }

        ChangeReply reply = _daemon.Up(Lab.Replace("8080", "8081").Replace("quiet", "dark"));

        Assert.Equal(["remove forward 8080:alpha:80/tcp", "remove network quiet", "add network dark", "change NIC alpha:2",
            "add forward 8081:alpha:80/tcp"], reply.Steps);
        Assert.Equal([CommandKind.RemoveForward, CommandKind.RemoveNetwork, CommandKind.PutNetwork, CommandKind.PutPort,
            CommandKind.PutForward], _daemon.Worker.Commands);
    }

    [Fact]
    public void A_refused_step_undoes_the_ones_before_it_and_stores_nothing()
    {
        _daemon.Up(Lab);
        Dictionary<string, string> stored = _daemon.StoredFiles();
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutForward ? Errno.EADDRINUSE : 0;

        WeftError error = Refusal(() =>
            _daemon.Up("networks: { other: nat-network }\nvms: { gamma: [other], alpha: [other] }\nforwards: [9090:gamma:90]"),
            ExitCode.Conflict);

        Assert.Equal((ErrorCode.PortInUse, "${EDITOR:-vi} lab.weft.yml && weft up lab.weft.yml"), (error.Code, error.Try));
        Assert.StartsWith("host port 9090 is in use", error.Message);
        _daemon.Worker.Refuse = (_, _) => 0;
        Assert.Equal(stored, _daemon.StoredFiles());
        Assert.Equal(["lab", "quiet"], _daemon.Worker.Names(SharedArray.Networks));
        Assert.Equal(["alpha:1", "alpha:2", "beta:1"], _daemon.Worker.Names(SharedArray.Ports));
        _daemon.Up(Lab);
        Assert.Equal(["127.0.0.1:8080"], _daemon.Worker.Names(SharedArray.Forwards));
    }

    [Fact]
    public void A_mistake_in_the_file_changes_nothing_and_starts_nothing()
    {
        WeftError error = Refusal(() => _daemon.Up("networks: { lab: nat-netwrk }"), ExitCode.Failed);

        Assert.Equal((ErrorCode.UnknownMode, 1), (error.Code, error.Line));
        Assert.Equal(0, _daemon.Keepers.Starts);
    }

    [Fact]
    public void A_full_disk_is_told_and_the_worker_keeps_what_it_has()
    {
        _daemon.Up(Lab);
        Dictionary<string, string> stored = _daemon.StoredFiles();
        for (int write = 1; write <= 3; write++)
        {
            _daemon.FullAtWrite = write;

            Assert.Equal(ErrorCode.DiskFull, Refusal(() => _daemon.Up(Lab.Replace("8080", "8081").Replace("beta", "gamma")),
                ExitCode.Failed).Code);

            Assert.Equal(stored, _daemon.StoredFiles());
            Assert.Equal(["alpha:1", "alpha:2", "beta:1"], _daemon.Worker.Names(SharedArray.Ports));
            Assert.Equal(["127.0.0.1:8080"], _daemon.Worker.Names(SharedArray.Forwards));
        }
        _daemon.FullAtWrite = 0;
        Assert.NotEmpty(_daemon.Up(Lab.Replace("8080", "8081")).Steps);
    }

    [Fact]
    public async Task A_second_up_at_the_same_time_is_refused()
    {
        _daemon.Up(null);
        using ManualResetEventSlim reached = new();
        using ManualResetEventSlim go = new();
        _daemon.Worker.OnCommand = kind =>
        {
            if (kind == CommandKind.PutForward)
            {
                reached.Set();
                go.Wait();
            }
        };
        Task<ChangeReply> first = Task.Run(() => _daemon.Up(Lab));
        reached.Wait();

        WeftError error = Refusal(() => _daemon.Up(Lab), ExitCode.Conflict);
        go.Set();

        Assert.Equal(ErrorCode.UpUnderWay, error.Code);
        Assert.NotEmpty((await first).Steps);
    }

    [Fact]
    public void Rates_drops_and_leases_come_out_of_the_shared_memory()
    {
        _daemon.Up(Lab);
        FakeWorker worker = _daemon.Worker;
        worker.State.Array<LeaseRecord>(SharedArray.Leases)[0] = new LeaseRecord
        {
            NetworkId = worker.Ports[0].NetworkId, Mac = worker.Ports[0].Mac, Address = IpAddress.FromV4(0x0a14000f),
                Expires = long.MaxValue,
        };
        ref PortCounters counters = ref worker.State.Array<PortCounters>(SharedArray.PortCounters)[0];
        counters.Carrier = 1;
        counters.Drop(DropReason.NoCarrier, 3);
        counters.Drop(DropReason.MacMoved, 2);
        _daemon.Status();
        counters.BytesIn += 1_000_000;
        counters.FramesIn += 1_000;
        Thread.Sleep(250);

        StatusDocument status = _daemon.Status();

        PortDocument port = status.Networks[0].Ports[0];
        Assert.Equal(("10.20.0.15", true, 5L), (port.Address, port.Up, port.Drops));
        Assert.Equal(3, port.DropsByReason["no-carrier"]);
        Assert.InRange(port.BitsUp, 1_000_000, 40_000_000);
        Assert.Equal(port.BitsUp, status.Networks[0].BitsUp);
        Assert.Equal((1, 240L), (status.Networks[0].Dhcp!.Leases, status.Networks[0].Dhcp!.Addresses));
        Assert.Contains("MAC of another port", Assert.Single(status.Problems).Text);
    }

    [Fact]
    public void Down_ends_the_worker_and_the_daemon_and_forgets_what_ran()
    {
        _daemon.Up(Lab);

        _daemon.Client.Post(ApiPaths.Down, ApiJson.Default.DownReply);

        Assert.True(_daemon.WaitForEnd());
        Assert.True(_daemon.Worker.Stopped);
        Assert.Empty(_daemon.StoredFiles());
        Assert.False(File.Exists(_daemon.Home.ApiSocket));
    }

    [Fact]
    public void Before_the_first_up_there_is_nothing_to_change()
    {
        Assert.Equal(ErrorCode.NotRunning, Refusal(() => _daemon.AddForward("80:alpha:80"), ExitCode.NotRunning).Code);
        Assert.Equal(ErrorCode.NotRunning, Refusal(() => Plug("alpha", 1, true), ExitCode.NotRunning).Code);
        Assert.Equal("none", _daemon.Status().Worker.State);
    }

    [Fact]
    public void A_slot_that_moved_is_a_note_of_the_reply_and_a_problem_of_the_status()
    {
        _daemon.Routes.Add(new Weft.Model.Planning.HostRoute(System.Net.IPNetwork.Parse("10.0.2.0/24"), "eth9"));

        string note = Assert.Single(_daemon.Up("vms: { alpha: [nat] }").Notes);

        Assert.Equal("NIC alpha:1 has 10.0.10.0/24 instead of 10.0.2.0/24, into which the host has a route", note);
        StatusDocument status = _daemon.Status();
        Assert.Equal(note, Assert.Single(status.Problems).Text);
        Assert.False(status.Degraded);
        Assert.Equal(ErrorCode.SubnetCollides, Refusal(() => _daemon.Up("networks: { lab: { mode: nat-network, subnet: 10.0.2.0/24 } }"),
            ExitCode.Conflict).Code);
    }

    [Fact]
    public void A_home_whose_sockets_would_have_too_long_names_is_refused()
    {
        HomeFolder home = new("/tmp/" + new string('x', 60));
        Topology topology = Weft.Model.Files.TopologyFile.Read($"vms: {{ {new string('v', 31)}: [nat] }}", "f").Require();

        home.RequireShortPaths();
        WeftException problem = Assert.Throws<WeftException>(() => home.RequireShortPaths(topology));

        Assert.Equal(ErrorCode.HomePathTooLong, TryLine.Checked(problem.Error).Code);
        Assert.Throws<WeftException>(() => new HomeFolder("/tmp/" + new string('x', 100)).RequireShortPaths());
    }

    private ChangeReply Plug(string vm, int number, bool plugged) =>
        _daemon.Client.Post(ApiPaths.PlugOf(vm, number, plugged), ApiJson.Default.ChangeReply);

    private static WeftError Refusal(Action request, int exitCode)
    {
        CommandException problem = Assert.Throws<CommandException>(request);
        Assert.Equal(exitCode, problem.ExitCode);
        return TryLine.Checked(problem.Error);
    }
}
