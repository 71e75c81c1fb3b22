using System.Globalization;

namespace Weft.Bench.Vhost;

/// <summary>
/// What DPDK programs want of the host, given back at the end: huge pages, and folders under /var/run/dpdk. On pages of 4 KiB
/// every core pays about two thirds more for a packet.
/// </summary>
internal sealed class DpdkHost : IDisposable
{
    private const string Count = "/proc/sys/vm/nr_hugepages";

    private readonly string _before = File.ReadAllText(Count).Trim();
    private readonly string _prefix = $"wb{Environment.ProcessId}";
    private int _programs;

    public DpdkHost(int mebibytes)
    {
        int pages = mebibytes * 1024 / Counter("Hugepagesize");
        int missing = Math.Max(0, pages - Counter("HugePages_Free"));
        Shell.Run($"echo $(({_before} + {missing})) >{Count}", mayFail: true);
        HasHugePages = Counter("HugePages_Free") >= pages;
        if (!HasHugePages)
        {
            Shell.Run($"echo {_before} >{Count}", mayFail: true);
        }
        Console.WriteLine(HasHugePages
            ? $"huge pages: {mebibytes} MiB"
            : "no huge pages to be had: DPDK's memory is on pages of 4 KiB, OVS-DPDK is left out");
    }

    public bool HasHugePages { get; }

    /// <summary>Arguments for one more program with so much memory, that becomes one file, to be passed on.</summary>
    public string Memory(int mebibytes)
    {
        string kind = HasHugePages ? "--in-memory --single-file-segments" : "--no-huge";
        return $"{kind} -m {mebibytes} --file-prefix={_prefix}-{++_programs} --iova-mode=va --no-pci --no-telemetry";
    }

    public void Dispose() => Shell.Run($"echo {_before} >{Count}; rm -rf /var/run/dpdk/{_prefix}-*", mayFail: true);

    private static int Counter(string name) =>
        int.Parse(Shell.Run($"awk '/^{name}:/ {{print $2}}' /proc/meminfo"), CultureInfo.InvariantCulture);
}
