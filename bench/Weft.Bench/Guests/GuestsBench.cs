using Weft.Bench.Vhost;

namespace Weft.Bench.Guests;

/// <summary>Two User-Mode Linux guests and something between them: Weft twice, the kernel's bridge, vde_switch, DPDK twice.</summary>
internal sealed class GuestsBench(Options options)
{
    private const string WeftVhost = "weft vhost-user";
    private const string WeftLatency = "weft, latency";
    private const string AddressOne = "10.79.0.1", AddressTwo = "10.79.0.2";
    private const int Mebibytes = 512;

    private readonly Samples _there = new("Guests, one to two, TCP", "Gbit/s");
    private readonly Samples _back = new("Guests, two to one, TCP", "Gbit/s");
    private readonly Ping _ping = new("Guests, ping", 500, "0.002");

    public void Run()
    {
        if (!Programs.Has("linux.uml", "user-mode-linux"))
        {
            return;
        }
        using DpdkHost host = new(Mebibytes);
        for (int round = 0; round < options.Rounds; round++)
        {
            Round(host);
        }
        string? ours = options.PeersOnly ? null : WeftVhost;
        _there.Print(ours);
        _back.Print(ours);
        _ping.Print(ours);
    }

    private void Round(DpdkHost host)
    {
        if (!options.PeersOnly)
        {
            Measure(WeftVhost, folder => new VhostSwitch(new WeftCore(folder, options.Weft), forQemu: false));
            Measure(WeftLatency, folder => new VhostSwitch(new WeftCore(folder, options.Weft, "latency"), forQemu: false));
            Measure(SeqpacketSwitch.Name, _ => new SeqpacketSwitch(options.Weft));
        }
        Measure(BridgeSwitch.Name, _ => new BridgeSwitch());
        if (Programs.Has("vde_switch", "vde2"))
        {
            Measure(VdeSwitch.Name, folder => new VdeSwitch(folder));
        }
        if (OvsCore.RunsOn(host))
        {
            Measure(OvsCore.Name, folder => new VhostSwitch(new OvsCore(folder, host), forQemu: true));
        }
        if (Programs.Has("dpdk-testpmd", "dpdk-dev"))
        {
            Measure(PmdCore.Name, folder => new VhostSwitch(new PmdCore(folder, host, offloads: true), forQemu: true));
        }
    }

    private void Measure(string row, Func<string, IGuestSwitch> start) => Attempt.Row(row, () =>
    {
        using ScratchFolder folder = new();
        using IGuestSwitch between = start(folder.Sub("switch"));
        using Guest one = new(folder.Sub("one"), between.NicOne, $"{AddressOne}/24");
        using Guest two = new(folder.Sub("two"), between.NicTwo, $"{AddressTwo}/24");
        one.Await();
        two.Await();
        two.Run("iperf3 -s -D", 5);
        Shell.WaitFor(() => one.Run($"ping -c 1 -W 1 {AddressTwo}", 5).Contains(" 1 received"), $"a frame through {row}");
        _ping.Add(row, line => one.Run(line, 30), AddressTwo);
        _there.Add(row, Tcp(one, reverse: false));
        _back.Add(row, Tcp(one, reverse: true));
    });

    private double Tcp(Guest guest, bool reverse) =>
        Iperf.Gigabits(guest.Run(Iperf.Client(AddressTwo, Iperf.Port, reverse, options.Seconds), options.Seconds + 30));
}
