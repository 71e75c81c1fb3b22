using System.Globalization;

namespace Weft.Model;

/// <summary>Who may open ping sockets: net.ipv4.ping_group_range, two group numbers, the first larger than the second for nobody
/// (icmp(7)).</summary>
public static class PingGroups
{
    public const string RangeFile = "/proc/sys/net/ipv4/ping_group_range";
    public const string StatusFile = "/proc/self/status";

    /// <summary>True when a process with that <c>/proc/self/status</c> may.</summary>
    public static bool Allows(string range, string status)
    {
        long[] ends = Numbers(range);
        return ends.Length == 2 && GroupsOf(status).Any(group => group >= ends[0] && group <= ends[1]);
    }

    /// <summary>Its effective group and the supplementary ones.</summary>
    public static IEnumerable<long> GroupsOf(string status)
    {
        foreach (string line in status.Split('\n'))
        {
            if (line.StartsWith("Gid:", StringComparison.Ordinal))
            {
                yield return Numbers(line[4..]).ElementAtOrDefault(1);
            }
            else if (line.StartsWith("Groups:", StringComparison.Ordinal))
            {
                foreach (long group in Numbers(line[7..]))
                {
                    yield return group;
                }
            }
        }
    }

    private static long[] Numbers(string text) => [.. text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)
        .Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1)];
}
