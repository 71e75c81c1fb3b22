using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Daemon.Status;

/// <summary>Where things stand in the records, by their ids: one look through an array, when it is first asked for.</summary>
internal sealed class RecordIndex(SharedState state)
{
    private Dictionary<ulong, int> Networks => field ??= Index<NetworkRecord>(SharedArray.Networks, (in NetworkRecord r) => r.Id);

    private Dictionary<ulong, int> Ports => field ??= Index<PortRecord>(SharedArray.Ports, (in PortRecord r) => r.Id);

    private Dictionary<(ulong Network, MacAddress Mac), int> PortsByMac => field ??= IndexByMac();

    private Dictionary<int, IpAddress> Addresses => field ??= Leases().Select(l => (Port: OfLease(l), l.Address))
        .Where(l => l.Port >= 0).DistinctBy(l => l.Port).ToDictionary(l => l.Port, l => l.Address);

    private Dictionary<ulong, int> LeaseCounts => field ??= Leases().CountBy(l => l.NetworkId).ToDictionary();

    /// <summary>Index of a port's record; −1 when it has none.</summary>
    public int OfPort(ulong id) => Ports.GetValueOrDefault(id, -1);

    /// <summary>Index of a network's record; −1 when it has none.</summary>
    public int OfNetwork(ulong id) => Networks.GetValueOrDefault(id, -1);

    /// <summary>Index of the port that a lease is of: by its MAC, or by its port where the guest chooses its MAC itself; −1 when
    /// that is none (any more). A guest that leases under its neighbour's MAC gets nothing of its neighbour's; a NIC that was made anew
    /// keeps what its former port had leased.</summary>
    public int OfLease(in LeaseRecord lease)
    {
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        int asker = OfPort(lease.PortId);
        if (PortsByMac.TryGetValue((lease.NetworkId, lease.Mac), out int owner) && (asker < 0 || asker == owner))
        {
            return owner;
        }
        return asker >= 0 && ports[asker].Mac.IsZero && ports[asker].NetworkId == lease.NetworkId ? asker : -1;
    }

    public int CountLeases(ulong network) => LeaseCounts.GetValueOrDefault(network);

    /// <summary>What the port's guest has leased.</summary>
    public IpAddress? AddressOf(in PortRecord port) =>
        Addresses.TryGetValue(OfPort(port.Id), out IpAddress address) ? address : null;

    private IEnumerable<LeaseRecord> Leases()
    {
        RecordArray<LeaseRecord> records = state.Array<LeaseRecord>(SharedArray.Leases);
        return Enumerable.Range(0, records.Capacity).Select(i => records[i]).Where(l => l.NetworkId != 0);
    }

    private Dictionary<(ulong Network, MacAddress Mac), int> IndexByMac()
    {
        Dictionary<(ulong, MacAddress), int> index = [];
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        foreach (int i in Ports.Values.Where(i => !ports[i].Mac.IsZero))
        {
            index.TryAdd((ports[i].NetworkId, ports[i].Mac), i);
        }
        return index;
    }

    private Dictionary<ulong, int> Index<T>(SharedArray which, IdOf<T> idOf)
        where T : unmanaged
    {
        Dictionary<ulong, int> index = [];
        RecordArray<T> records = state.Array<T>(which);
        for (int i = 0; i < records.Capacity; i++)
        {
            if (idOf(in records[i]) is var id and not 0)
            {
                index.TryAdd(id, i);
            }
        }
        return index;
    }

    private delegate ulong IdOf<T>(in T record);
}
