using System.Net;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Cli.Doctor;

/// <summary>The host's own network, as far as it meets ours. Forwarding, bridges and the firewall's FORWARD chain do not: flows are
/// the host's own sockets.</summary>
internal static class NetworkChecks
{
    private static readonly string[] VpnPrefixes = ["tun", "wg", "ppp", "tailscale", "utun", "zt"];

    public static IEnumerable<Finding> Of(HostFacts facts) => [.. Subnets(facts), Resolvers(facts), DefaultRoute(facts), .. Firewalls(facts)];

    private static IEnumerable<Finding> Subnets(HostFacts facts)
    {
        int collisions = 0;
        foreach ((string name, string text) in facts.Subnets)
        {
            if (!IPNetwork.TryParse(text, out IPNetwork subnet))
            {
                continue;
            }
            foreach (HostRoute route in facts.Routes.Where(r => !r.IsDefault && V4.Overlap(r.Destination, subnet)))
            {
                collisions++;
                bool isVpn = VpnPrefixes.Any(prefix => route.Interface.StartsWith(prefix, StringComparison.Ordinal));
                yield return Finding.Bad("subnets", $"'{name}' has {subnet}, and the host reaches {route.Destination} by {route.Interface}{(isVpn ? ", a VPN" : "")}: " +
                    "guests do not reach what lies there", $"weft net set {name} subnet=");
            }
        }
        if (collisions == 0)
        {
            yield return Finding.Good("subnets", facts.Subnets.Count == 0 ? "no network has one yet" : "none collides with a route of the host");
        }
    }

    private static Finding Resolvers(HostFacts facts)
    {
        string[] servers = [.. facts.ResolvConf.Split('\n').Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w.Length >= 2 && w[0] == "nameserver").Select(w => w[1])];
        string[] good = [.. servers.Where(s => IPAddress.TryParse(s.Split('%')[0], out _))];
        return good.Length == 0 ? Finding.Bad("resolvers", "/etc/resolv.conf names no server: guests resolve no outside name", "cat /etc/resolv.conf")
            : good.Length < servers.Length ? Finding.Poor("resolvers", $"/etc/resolv.conf names servers that are no addresses: {string.Join(", ", servers.Except(good))}",
                "cat /etc/resolv.conf")
            : Finding.Good("resolvers", $"names are asked of {string.Join(", ", good)}");
    }

    private static Finding DefaultRoute(HostFacts facts) => facts.Routes.Any(r => r.IsDefault)
        ? Finding.Good("outside", "the host has a way to the outside. net.ipv4.ip_forward does not matter: guests' flows are the host's own sockets")
        : Finding.Poor("outside", "the host has no default route: guests reach what the host reaches, and that is not the outside", "ip route");

    /// <summary>Only who comes in from outside meets the host's firewall.</summary>
    private static IEnumerable<Finding> Firewalls(HostFacts facts)
    {
        string[] open = [.. facts.Forwards.Where(f => f.Count(c => c == ':') == 3)];
        if (facts.Firewalls.Count > 0 && open.Length > 0)
        {
            yield return Finding.Poor("firewall", $"{string.Join(", ", facts.Firewalls)} may keep clients from {string.Join(", ", open)}",
                "sudo nft list ruleset");
        }
    }
}
