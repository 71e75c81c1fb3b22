using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Daemon.Status;

/// <summary>Where things stand in the records, by their ids: one look through an array, when it is first asked for.</summary>
internal sealed class RecordIndex(SharedState state)
{
    private Dictionary<ulong, int> Networks => field ??= Index<NetworkRecord>(SharedArray.Networks, (in NetworkRecord r) => r.Id);

    private Dictionary<ulong, int> Ports => field ??= Index<PortRecord>(SharedArray.Ports, (in PortRecord r) => r.Id);

    private Dictionary<(ulong Network, MacAddress Mac), IpAddress> Addresses => field ??= Leases()
        .DistinctBy(l => (l.NetworkId, l.Mac)).ToDictionary(l => (l.NetworkId, l.Mac), l => l.Address);

    private Dictionary<ulong, int> LeaseCounts => field ??= Leases().CountBy(l => l.NetworkId).ToDictionary();

    /// <summary>Index of a port's record; −1 when it has none.</summary>
    public int OfPort(ulong id) => Ports.GetValueOrDefault(id, -1);

    /// <summary>Index of a network's record; −1 when it has none.</summary>
    public int OfNetwork(ulong id) => Networks.GetValueOrDefault(id, -1);

    public int CountLeases(ulong network) => LeaseCounts.GetValueOrDefault(network);

    /// <summary>What the port's guest has leased.</summary>
    public IpAddress? AddressOf(in PortRecord port) =>
        Addresses.TryGetValue((port.NetworkId, port.Mac), out IpAddress address) ? address : null;

    private IEnumerable<LeaseRecord> Leases()
    {
        RecordArray<LeaseRecord> records = state.Array<LeaseRecord>(SharedArray.Leases);
        return Enumerable.Range(0, records.Capacity).Select(i => records[i]).Where(l => l.NetworkId != 0);
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
