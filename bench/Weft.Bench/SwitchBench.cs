using System.Diagnostics;

namespace Weft.Bench;

/// <summary>Two namespaces on one switch: Weft and a bare C forwarder by TAPs, the kernel bridge by veth, vde_switch by its plugs.</summary>
internal sealed class SwitchBench(Options options)
{
    private const int Port = 5220;
    private const string WeftFile = """
        networks:
          lan: { mode: internal }
        vms:
          one: { nics: [ { net: lan, attach: tap, tap: { name: tap0, netns: ONE } } ] }
          two: { nics: [ { net: lan, attach: tap, tap: { name: tap0, netns: TWO } } ] }
        """;

    private readonly Samples _tcp = new("Switch, TAP to TAP, TCP", "Gbit/s");
    private readonly Ping _ping = new("Switch, ping");

    public void Run()
    {
        using WeftStage stage = new(options.Weft);
        string one = stage.AddSpace("one");
        string two = stage.AddSpace("two");
        stage.Up(WeftFile.Replace("ONE", one).Replace("TWO", two));
        Number(one, "tap0", "10.78.0.1");
        Number(two, "tap0", "10.78.0.2");
        using Forwarder? forwarder = StartForwarder(stage);
        try
        {
            Bridge(stage, out string bridgeOne, out string bridgeTwo);
            for (int round = 0; round < options.Rounds; round++)
            {
                Measure("weft", one, two, "10.78.0.2");
                Measure("kernel bridge, veth", bridgeOne, bridgeTwo, "10.78.1.2");
                if (forwarder is not null)
                {
                    Measure("C forwarder", forwarder.One, forwarder.Two, "10.78.3.2");
                }
                Vde(stage, round);
            }
        }
        finally
        {
            Shell.Run($"ip link del {BridgeName}", mayFail: true);
        }
        _tcp.Print("weft");
        _ping.Print("weft");
    }

    private static Forwarder? StartForwarder(WeftStage stage)
    {
        if (!Programs.Has("cc", "gcc"))
        {
            return null;
        }
        Forwarder forwarder = new(stage.AddSpace("c1"), stage.AddSpace("c2"));
        Number(forwarder.One, "tap0", "10.78.3.1");
        Number(forwarder.Two, "tap0", "10.78.3.2");
        return forwarder;
    }

    private static string BridgeName => $"wbbr{Environment.ProcessId % 10000}";

    private static void Number(string space, string device, string address) =>
        Shell.Run($"ip -n {space} link set {device} up && ip -n {space} addr replace {address}/24 dev {device}");

    private static void Bridge(WeftStage stage, out string one, out string two)
    {
        one = stage.AddSpace("br1");
        two = stage.AddSpace("br2");
        Shell.Run($"ip link add {BridgeName} type bridge && ip link set {BridgeName} up");
        int number = 0;
        foreach (string space in (string[])[one, two])
        {
            string host = $"wbv{Environment.ProcessId % 10000}{++number}";
            Shell.Run($"ip link add {host} type veth peer name eth0 netns {space} && ip link set {host} master {BridgeName} up");
            Number(space, "eth0", $"10.78.1.{number}");
        }
    }

    private void Vde(WeftStage stage, int round)
    {
        if (!Programs.Has("vde_switch", "vde2") || !Programs.Has("vde_plug2tap", "vde2"))
        {
            return;
        }
        string folder = Directory.CreateTempSubdirectory("wb-vde-").FullName;
        Process vde = Shell.Start($"vde_switch -s {folder}/sw < <(sleep 1000)");
        Thread.Sleep(400);
        List<Process> plugs = [];
        string[] spaces = [stage.AddSpace($"v{round}a"), stage.AddSpace($"v{round}b")];
        foreach (string space in spaces)
        {
            plugs.Add(Shell.Start($"ip netns exec {space} vde_plug2tap -s {folder}/sw vt0"));
        }
        Thread.Sleep(600);
        Number(spaces[0], "vt0", "10.78.2.1");
        Number(spaces[1], "vt0", "10.78.2.2");
        Measure("vde_switch", spaces[0], spaces[1], "10.78.2.2");
        plugs.ForEach(Shell.Stop);
        Shell.Stop(vde);
        Directory.Delete(folder, recursive: true);
    }

    private void Measure(string row, string from, string to, string address)
    {
        Process server = Iperf.Serve($"ip netns exec {to}", Port);
        _tcp.Add(row, Iperf.Run($"ip netns exec {from}", address, Port, reverse: false, options.Seconds));
        _ping.Add(row, $"ip netns exec {from}", address);
        Shell.Stop(server);
    }
}
