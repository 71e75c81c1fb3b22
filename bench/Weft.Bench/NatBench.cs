using System.Diagnostics;
using System.Globalization;

namespace Weft.Bench;

/// <summary>NAT of one guest behind a TAP to a server on the host's loopback: Weft, slirp4netns, pasta, and loopback itself.</summary>
internal sealed class NatBench(Options options)
{
    private const int Port = 5210;
    private const string WeftFile = """
        networks:
          lab: { mode: nat-network, subnet: 10.77.0.0/24 }
        vms:
          guest:
            nics:
              - { net: lab, ip: 10.77.0.15, attach: tap, tap: { name: tap0, netns: SPACE } }
        """;

    private readonly Samples _up = new("NAT, guest to host, TCP", "Gbit/s");
    private readonly Samples _down = new("NAT, host to guest, TCP", "Gbit/s");
    private readonly Samples _rate = new("NAT, new TCP connections, keeper included", "per second");
    private readonly Ping _ping = new("NAT, ping to the gateway");

    public void Run()
    {
        using WeftStage stage = new(options.Weft);
        string guest = stage.AddSpace("nat");
        stage.Up(WeftFile.Replace("SPACE", guest));
        Shell.Run($"ip -n {guest} link set tap0 up && ip -n {guest} addr replace 10.77.0.15/24 dev tap0 && ip -n {guest} route replace default via 10.77.0.1");
        using CProgram connect = new("connect");
        Process server = Iperf.Serve("", Port);
        Process sink = Shell.Start($"python3 -c \"import socket; s=socket.create_server(('127.0.0.1',{Port + 1}),backlog=1024)\nwhile 1: s.accept()[0].close()\"");
        try
        {
            Thread.Sleep(500);
            Idle(stage);
            Rounds($"ip netns exec {guest}", connect, new WorkerShares(stage.WorkerPid(), options.Seconds));
        }
        finally
        {
            Shell.Stop(server);
            Shell.Stop(sink);
        }
    }

    private void Rounds(string guest, CProgram connect, WorkerShares shares)
    {
        const string Gateway = "10.77.0.1";
        for (int round = 0; round < options.Rounds; round++)
        {
            Measure("weft 1500", guest, Gateway, connect);
            Measure("loopback", "", "127.0.0.1", connect);
            Slirp(connect);
            Pasta(1500, connect);
            Pasta(65520, connect);
            shares.Add("guest to host", seconds => Iperf.Run(guest, Gateway, Port, reverse: false, seconds));
            shares.Add("host to guest", seconds => Iperf.Run(guest, Gateway, Port, reverse: true, seconds));
        }
        foreach (Samples samples in (Samples[])[_up, _down, _rate])
        {
            samples.Print("weft 1500");
        }
        _ping.Print("weft 1500");
        shares.Print();
    }

    private void Measure(string row, string place, string address, CProgram connect, bool answersPings = true)
    {
        _up.Add(row, Iperf.Run(place, address, Port, reverse: false, options.Seconds));
        _down.Add(row, Iperf.Run(place, address, Port, reverse: true, options.Seconds));
        string rate = Shell.Run($"{place} {connect.Path} {address} {Port + 1} 2", mayFail: true);
        _rate.Add(row, double.Parse(rate.Split(' ') is [{ Length: > 0 } first, ..] ? first : "0", CultureInfo.InvariantCulture));
        if (answersPings)
        {
            _ping.Add(row, place, address);
        }
    }

    private void Slirp(CProgram connect)
    {
        if (!Programs.Has("slirp4netns", "slirp4netns"))
        {
            return;
        }
        Process holder = Process.Start("/usr/bin/unshare", ["-n", "sleep", "300"]);
        Thread.Sleep(300);
        Process slirp = Shell.Start($"slirp4netns -c -m 1500 {holder.Id} tap0");
        try
        {
            Thread.Sleep(900);
            Measure("slirp4netns 1500", $"nsenter -t {holder.Id} -n", "10.0.2.2", connect);
        }
        finally
        {
            Shell.Stop(slirp);
            Shell.Stop(holder);
        }
    }

    private void Pasta(int mtu, CProgram connect)
    {
        if (!Programs.Has("pasta", "passt"))
        {
            return;
        }
        string mark = $"{300 + Environment.ProcessId % 97}.{mtu}";
        Process pasta = Shell.Start(
            $"pasta -f -q --config-net -m {mtu} -a 10.5.0.2 -n 24 -g 10.5.0.1 -D none --runas 0 -t none -u none -T none -U none -- sleep {mark}");
        string child = "";
        try
        {
            Shell.WaitFor(() => (child = Shell.Run($"pgrep -x -f 'sleep {mark}'", mayFail: true).Trim()).Length > 0, "pasta");
            Thread.Sleep(600);
            // Its gateway is a name for the host's loopback, not a router: pings would leave for the outside.
            Measure($"pasta {mtu}", $"nsenter -t {child} -n", "10.5.0.1", connect, answersPings: false);
        }
        finally
        {
            Shell.Run($"kill {child}", mayFail: true);
            Shell.Stop(pasta);
        }
    }

    private static void Idle(WeftStage stage)
    {
        int pid = stage.WorkerPid();
        double before = WeftStage.Cost(pid).Cpu;
        Thread.Sleep(5000);
        (double resident, double after) = WeftStage.Cost(pid);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nworker at idle: {resident:F1} MiB resident, {after - before:F0} ms of CPU in 5 s"));
    }
}
