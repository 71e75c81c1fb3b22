using System.Net;
using Weft.Daemon.Control;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Daemon.Names;

/// <summary>A name that the routers of a network answer.</summary>
/// <param name="Name">A label, or a full name with dots.</param>
/// <param name="Network">The declared network; in mode nat the addresses are those of all its routers together.</param>
/// <param name="Source">"router", "static", "vm" or "learned".</param>
internal sealed record KnownName(string Name, string Network, Items<IPAddress> Addresses, string Source);

/// <summary>
/// What the routers answer, put together from where they have it: addresses of their own, static names of the topology, VMs by
/// their reservations and leases, and what guests call themselves. Of several sources of one name the first of these counts,
/// as in the routers' tables.
/// </summary>
internal static class KnownNames
{
    private const string Router = "router";
    private const string Static = "static";
    private const string Vm = "vm";
    private const string Learned = "learned";

    private static readonly string[] Order = [Router, Static, Vm, Learned];

    /// <summary>In order of network and name.</summary>
    /// <param name="state">Null while no worker answers: leases are not known then.</param>
    /// <param name="network">A declared network; null: all.</param>
    public static IEnumerable<KnownName> Read(View view, SharedState? state, string? network)
    {
        Dictionary<string, List<Lease>> leases = state is null ? [] : ReadLeases(state);
        return view.Topology.Networks.Where(n => n.Dns && (network is null || n.Name == network)).SelectMany(declared =>
        {
            IEnumerable<Given> names = view.Plane.Networks.Where(n => n.Name.Split('/')[0] == declared.Name)
                .SelectMany(router => Best(declared, OfRouter(router).Concat(OfGuests(view.Plane, router, leases.GetValueOrDefault(router.Name, [])))));
            return names.Concat(declared.Names.SelectMany(n => n.Addresses.Select(address => new Given(n.Name, address, Static))))
                .GroupBy(given => (given.Name, given.Source))
                .Select(same => new KnownName(same.Key.Name, declared.Name, same.Select(g => g.Address).Distinct().ToItems(), same.Key.Source))
                .OrderBy(known => known.Name, StringComparer.Ordinal);
        }).OrderBy(known => known.Network, StringComparer.Ordinal);
    }

    /// <summary>Names of one router without those that a stronger source has; of two guests that call themselves the same, one has it.</summary>
    private static IEnumerable<Given> Best(Network declared, IEnumerable<Given> names) => names
        .Where(given => declared.Names.All(n => n.Name != given.Name))
        .GroupBy(given => given.Name)
        .SelectMany(same => same.Where(given => given.Source == same.MinBy(g => Array.IndexOf(Order, g.Source))!.Source)
            .Take(same.All(g => g.Source == Learned) ? 1 : int.MaxValue));

    private static IEnumerable<Given> OfRouter(PlaneNetwork router)
    {
        if (router.Gateway is { } gateway && router.Dns is { } dns)
        {
            yield return new Given("gateway", gateway, Router);
            yield return new Given("host", gateway, Router);
            if (!dns.Equals(gateway))
            {
                yield return new Given("dns", dns, Router);
            }
        }
    }

    private static IEnumerable<Given> OfGuests(DataPlane plane, PlaneNetwork router, List<Lease> leases)
    {
        PlanePort[] ports = [.. plane.Ports.Where(p => p.Network == router.Name)];
        foreach (PlanePort port in ports.Where(p => p.Reserved is not null && DnsNames.IsLabel(p.Guest)))
        {
            yield return new Given(port.Guest, port.Reserved!, Vm);
        }
        foreach (Lease lease in leases)
        {
            string? guest = ports.FirstOrDefault(p => p.Mac == lease.Mac)?.Guest;
            if (guest is not null && DnsNames.IsLabel(guest))
            {
                yield return new Given(guest, lease.Address, Vm);
            }
            if (DnsNames.IsLabel(lease.HostName) && !ports.Any(p => p.Guest == lease.HostName && p.Guest != guest))
            {
                yield return new Given(lease.HostName, lease.Address, Learned);
            }
        }
    }

    /// <summary>Those that have not ended, by the router that gave them.</summary>
    private static Dictionary<string, List<Lease>> ReadLeases(SharedState state)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Dictionary<ulong, string> routers = [];
        RecordArray<NetworkRecord> networks = state.Array<NetworkRecord>(SharedArray.Networks);
        for (int i = 0; i < networks.Capacity; i++)
        {
            if (networks[i].Id != 0)
            {
                routers[networks[i].Id] = networks[i].Name.ToString();
            }
        }
        Dictionary<string, List<Lease>> leases = new(StringComparer.Ordinal);
        RecordArray<LeaseRecord> records = state.Array<LeaseRecord>(SharedArray.Leases);
        for (int i = 0; i < records.Capacity; i++)
        {
            LeaseRecord record = records[i];
            if (record.NetworkId != 0 && record.Expires > now && routers.TryGetValue(record.NetworkId, out string? router) &&
                Records.Address(record.Address) is { } address)
            {
                leases.TryAdd(router, []);
                leases[router].Add(new Lease(record.Mac.ToString(), address, record.HostName.ToString()));
            }
        }
        return leases;
    }

    private sealed record Given(string Name, IPAddress Address, string Source);

    private sealed record Lease(string Mac, IPAddress Address, string HostName);
}
