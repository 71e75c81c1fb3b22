using System.Globalization;
using System.Text.RegularExpressions;

namespace Weft.Bench.Vhost;

/// <summary>dpdk-testpmd with two net_vhost ports: carries frames from one to the other and knows no addresses.</summary>
internal sealed partial class PmdCore : ISwitchCore
{
    public const string Name = "testpmd net_vhost";

    private readonly TestPmd _pmd;

    /// <param name="offloads">Takes checksum and segmentation offload of guests; frames of the generator have no use for it.</param>
    public PmdCore(string folder, DpdkHost host, bool offloads = false)
    {
        // The flags of old let an offload that came in at one port go out at the other.
        string more = offloads ? ",tso=1,legacy-ol-flags=1" : "";
        One = Path.Combine(folder, "one");
        Two = Path.Combine(folder, "two");
        _pmd = new TestPmd(folder, ISwitchCore.Processor, host.Memory(150),
            $"--vdev net_vhost0,iface={One},queues=1{more} --vdev net_vhost1,iface={Two},queues=1{more}",
            "--record-core-cycles --no-lsc-interrupt");
        _pmd.Say("start");
    }

    public string One { get; }

    public string Two { get; }

    public int Pid => _pmd.Pid;

    public int Forwarder => _pmd.Worker;

    public string StartCount() => _pmd.Ask("clear fwd stats all");

    public string Show => _pmd.Ask("show fwd stats all");

    public double OwnCycles(string shown) => Cycles().Match(shown) is { Success: true } match
        ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : double.NaN;

    public void Dispose() => _pmd.Dispose();

    [GeneratedRegex(@"CPU cycles/packet=([\d.]+)")]
    private static partial Regex Cycles();
}
