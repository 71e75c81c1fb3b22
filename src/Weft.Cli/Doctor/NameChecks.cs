using Weft.Model;

namespace Weft.Cli.Doctor;

/// <summary>Whether the host itself asks weftd for names of guests, where it could.</summary>
internal static class NameChecks
{
    private static readonly char[] Blanks = [' ', '\t'];

    public static IEnumerable<Finding> Of(HostFacts facts)
    {
        if (facts.Running?.NameServer is not { Problem: null } server)
        {
            yield break;
        }
        yield return facts.ResolvedConf is not { } told
            ? Finding.Known("names", $"guests' names are answered at {server.Listen}; no systemd-resolved runs here that could ask there by itself")
            : !Asks(told, server.Listen)
            ? Finding.Poor("names", $"guests' names are answered at {server.Listen}, and systemd-resolved does not ask there", NameServerPlace.ResolvedCommand(server.Listen))
            : Others(told, server.Listen) is { Length: > 0 } others
            ? Finding.Poor("names", $"systemd-resolved asks {string.Join(", ", others)} (DNS= of its files) for the same names as {server.Listen}: guests may not be found. " +
                "Give those servers to a link", "resolvectl status")
            : Finding.Good("names", $"systemd-resolved asks {server.Listen} for guests' names");
    }

    private static bool Asks(string conf, string place) => Values(conf, "DNS=").Contains(place) && Values(conf, "Domains=").Any(d => d.TrimStart('~') == DnsNames.Zone);

    /// <summary>All servers that are no link's are alike to it: the one that it asks answers for every name (seen with systemd 252).</summary>
    private static string[] Others(string conf, string place) => [.. Values(conf, "DNS=").Where(server => server != place).Distinct()];

    private static IEnumerable<string> Values(string conf, string key) => conf.Split('\n').Where(line => line.StartsWith(key, StringComparison.Ordinal))
        .SelectMany(line => line[key.Length..].Split(Blanks, StringSplitOptions.RemoveEmptyEntries));
}
