using System.Globalization;

namespace Weft.Cli.Doctor;

/// <summary>What guests are run and attached with.</summary>
internal static class GuestChecks
{
    public static IEnumerable<Finding> Of(HostFacts facts)
    {
        yield return facts.TunProblem.Length == 0
            ? Finding.Good("tun", "/dev/net/tun can be opened, for 'attach: tap'")
            : Finding.Poor("tun", $"/dev/net/tun cannot be opened ({facts.TunProblem}): 'attach: tap' will not work", "sudo modprobe tun && ls -l /dev/net/tun");
        yield return facts.KvmProblem.Length == 0
            ? Finding.Good("kvm", "/dev/kvm can be opened")
            : Finding.Known("kvm", $"/dev/kvm cannot be opened ({facts.KvmProblem}): QEMU guests run, but slowly. Weft itself needs neither it nor /dev/vhost-net");
        long pages = HugePages(facts.Memory);
        yield return Finding.Known("huge pages", pages > 0 ? $"{pages} free: guests' memory may lie in them" : "none: guests' memory lies in small pages, which is well enough");
        yield return facts.Hypervisors.Count == 0
            ? Finding.Known("hypervisors", "none was found on the path")
            : Finding.Good("hypervisors", string.Join(", ", facts.Hypervisors.Select(h => $"{h.Name} {h.Version}".TrimEnd())));
    }

    private static long HugePages(string memory)
    {
        string? line = memory.Split('\n').FirstOrDefault(l => l.StartsWith("HugePages_Free:", StringComparison.Ordinal));
        return long.TryParse(line?["HugePages_Free:".Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long pages) ? pages : 0;
    }
}
