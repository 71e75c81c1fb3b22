namespace Weft.Bench.Vhost;

/// <summary>Frames of one size between two vhost-user ports, as fast as they go: Weft, DPDK's net_vhost, OVS-DPDK.</summary>
internal sealed class VhostBench(Options options)
{
    private const int Mebibytes = 1024;
    private const double WindowSeconds = 1.5;
    private static readonly int[] _sizes = [64, 1500];
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(2);

    private readonly Dictionary<int, Samples> _rates = ForEachSize("both directions", "Mpps");
    private readonly Dictionary<int, Samples> _cycles = ForEachSize("forwarder's time on its core", "TSC cycles/packet");
    private readonly Dictionary<int, Samples> _ownCycles = ForEachSize("as the core itself counts, empty polls apart", "TSC cycles/packet");
    private readonly Dictionary<int, Samples> _shares = ForEachSize("forwarder's share of its processor", "%");

    public void Run()
    {
        if (!Programs.Has("dpdk-testpmd", "dpdk-dev"))
        {
            return;
        }
        using DpdkHost host = new(Mebibytes);
        for (int round = 0; round < options.Rounds; round++)
        {
            if (!options.PeersOnly)
            {
                Measure(WeftCore.Name, host, folder => new WeftCore(folder, options.Weft));
            }
            Measure(PmdCore.Name, host, folder => new PmdCore(folder, host));
            if (OvsCore.RunsOn(host))
            {
                Measure(OvsCore.Name, host, folder => new OvsCore(folder, host));
            }
        }
        foreach (Dictionary<int, Samples> tables in (Dictionary<int, Samples>[])[_rates, _cycles, _ownCycles, _shares])
        {
            foreach (Samples samples in tables.Values)
            {
                samples.Print(tables == _shares || options.PeersOnly ? null : WeftCore.Name);
            }
        }
    }

    private void Measure(string row, DpdkHost host, Func<string, ISwitchCore> start) => Attempt.Row(row, () =>
    {
        using ScratchFolder folder = new();
        using ISwitchCore core = start(folder.Sub("core"));
        foreach (int size in _sizes)
        {
            using Generator generator = new(folder.Sub($"generator{size}"), host, core, size);
            Thread.Sleep(_warmUp);
            Window measured = Window.Measure(generator, core, WindowSeconds);
            generator.CheckRoad();
            Add(row, size, measured);
        }
    });

    private void Add(string row, int size, Window window)
    {
        if (window.PacketsPerSecond == 0)
        {
            throw new InvalidOperationException($"no frame of {size} B came back");
        }
        _rates[size].Add(row, window.PacketsPerSecond / 1e6);
        _cycles[size].Add(row, window.Cycles);
        _shares[size].Add(row, 100 * window.ForwarderShare);
        if (double.IsFinite(window.OwnCycles))
        {
            _ownCycles[size].Add(row, window.OwnCycles);
        }
    }

    private static Dictionary<int, Samples> ForEachSize(string what, string unit) =>
        _sizes.ToDictionary(size => size, size => new Samples($"Switch core, frames of {size} B, {what}", unit));
}
