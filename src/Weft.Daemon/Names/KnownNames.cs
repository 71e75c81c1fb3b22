using System.Net;
using Weft.Daemon.Control;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Daemon.Names;

/// <summary>
/// The names of guests and routers, as the gateways' DNS has them (Gateway/Names/NameTable.cs), read from what is wanted and
/// from the leases: a VM has its reserved addresses with or without a lease; what a guest calls itself counts while nobody
/// else has that name.
/// </summary>
internal static class KnownNames
{
    /// <summary>In order of network and name.</summary>
    /// <param name="state">Null while no worker answers: then there are no leases.</param>
    /// <param name="network">A declared network; null: all.</param>
    public static IEnumerable<KnownName> Read(View view, SharedState? state, string? network)
    {
        LeasedName[] leases = state is null ? [] : [.. LeasedNames.Read(state, view.Plane, DateTimeOffset.UtcNow.ToUnixTimeSeconds())];
        ILookup<string, PlaneNetwork> routers = view.Plane.Networks.ToLookup(n => Declared(n.Name));
        return view.Topology.Networks.Where(n => network is null || n.Name == network).OrderBy(n => n.Name, StringComparer.Ordinal)
            .SelectMany(n => Settle(n.Name, routers[n.Name].SelectMany(r => Claims(r, view.Plane, leases)).Concat(Static(n))));
    }

    /// <summary>"nat/alpha:1" is a router of the declared network "nat".</summary>
    public static string Declared(string network) => network.Split('/')[0];

    /// <summary>Every name that somebody claims on one network of the data plane, static names apart.</summary>
    private static IEnumerable<(string Name, IPAddress Address, string Source)> Claims(PlaneNetwork network, DataPlane plane, LeasedName[] leases)
    {
        if (network.Gateway is { } gateway)
        {
            yield return ("gateway", gateway, KnownName.Router);
            yield return ("host", gateway, KnownName.Router);
        }
        if (network.Dns is { } dns && !dns.Equals(network.Gateway))
        {
            yield return ("dns", dns, KnownName.Router);
        }
        string[] vms = [.. plane.Ports.Where(p => p.Network == network.Name).Select(p => p.Guest).Distinct()];
        foreach (PlanePort port in plane.Ports.Where(p => p.Network == network.Name && p.Reserved is not null))
        {
            yield return (port.Guest, port.Reserved!, KnownName.Vm);
        }
        foreach (LeasedName lease in leases.Where(l => l.Network == network.Name && l.Vm is not null))
        {
            yield return (lease.Vm!, lease.Address, KnownName.Vm);
        }
        HashSet<string> taken = [.. vms];
        foreach (LeasedName lease in leases.Where(l => l.Network == network.Name && l.HostName is not null))
        {
            // Who came first keeps a name: leases lie in that order, but for places that became free.
            if (taken.Add(lease.HostName!))
            {
                yield return (lease.HostName!, lease.Address, KnownName.Learned);
            }
        }
    }

    /// <summary>One entry a name, with what its strongest source says.</summary>
    private static IEnumerable<KnownName> Settle(string network, IEnumerable<(string Name, IPAddress Address, string Source)> claims) =>
        claims.Where(c => c.Name.Contains('.') || DnsNames.IsLabel(c.Name)).GroupBy(c => c.Name).Select(name =>
        {
            string source = name.MinBy(c => Array.IndexOf(KnownName.Sources, c.Source)).Source;
            return new KnownName(name.Key, network, name.Where(c => c.Source == source).Select(c => c.Address).Distinct().ToItems(), source);
        }).OrderBy(known => known.Name, StringComparer.Ordinal);

    private static IEnumerable<(string Name, IPAddress Address, string Source)> Static(Network network) =>
        network.Names.SelectMany(n => n.Addresses.Select(address => (n.Name, address, KnownName.Static)));
}
