using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Arp;

/// <summary>
/// Neighbours of all networks in the shared memory, written only when one is new or has moved. A successor must speak to
/// guests first (an ACK after the takeover), so it must know their MACs without asking. Losing an entry costs an ARP request.
/// Networks come and go while others have traffic: one bit of our own per record says which were ever used, so that only
/// those are looked at.
/// </summary>
internal sealed class NeighbourMirror
{
    private const int Probes = 8;

    private readonly RecordArray<NeighbourRecord> _records;
    private readonly ulong[] _used;

    public NeighbourMirror(RecordArray<NeighbourRecord> records)
    {
        _records = records;
        _used = new ulong[(records.Capacity + BitWords.WordBits - 1) / BitWords.WordBits];
        for (int i = 0; i < records.Capacity; i++)
        {
            _used[i / BitWords.WordBits] |= records[i].NetworkId == 0 ? 0 : 1UL << (i % BitWords.WordBits);
        }
    }

    public void Note(ulong networkId, IpAddress address, MacAddress mac, ushort vlan)
    {
        int start = (int)((((address.High ^ address.Low) + networkId) * 0x9e37_79b9_7f4a_7c15UL) >> 40);
        int target = -1;
        for (int i = 0; i < Probes; i++)
        {
            int at = (start + i) % _records.Capacity;
            ref NeighbourRecord record = ref _records[at];
            if (record.NetworkId == networkId && record.Address == address)
            {
                target = at;
                break;
            }
            if (target < 0 && record.NetworkId == 0)
            {
                target = at;
            }
        }
        target = target < 0 ? start % _records.Capacity : target;
        _used[target / BitWords.WordBits] |= 1UL << (target % BitWords.WordBits);
        ref NeighbourRecord place = ref _records[target];
        place.NetworkId = 0;
        place.Address = address;
        place.Mac = mac;
        place.Vlan = vlan;
        Volatile.Write(ref place.NetworkId, networkId);
    }

    public void Restore(NetworkFacts facts, NeighbourTable table, long now)
    {
        for (int i = NextOf(facts.NetworkId, 0); i >= 0; i = NextOf(facts.NetworkId, i + 1))
        {
            ref NeighbourRecord record = ref _records[i];
            table.Learn(facts, record.Address, record.Mac, (ushort)record.Vlan, now);
        }
    }

    /// <summary>A network went away.</summary>
    public void Forget(ulong networkId)
    {
        for (int i = NextOf(networkId, 0); i >= 0; i = NextOf(networkId, i + 1))
        {
            _records[i].NetworkId = 0;
        }
    }

    /// <summary>The network's first record at or behind <paramref name="from"/>; −1 for none.</summary>
    private int NextOf(ulong networkId, int from)
    {
        int at = BitWords.NextSet(_used, from);
        while (at >= 0 && _records[at].NetworkId != networkId)
        {
            at = BitWords.NextSet(_used, at + 1);
        }
        return at;
    }
}
