using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Arp;

/// <summary>
/// Neighbours of all networks in the shared memory, written only when one is new or has moved. A successor must speak to
/// guests first (an ACK after the takeover), so it must know their MACs without asking. Losing an entry costs an ARP request.
/// </summary>
internal sealed class NeighbourMirror(RecordArray<NeighbourRecord> records)
{
    private const int Probes = 8;

    public void Note(ulong networkId, IpAddress address, MacAddress mac, ushort vlan)
    {
        int start = (int)((((address.High ^ address.Low) + networkId) * 0x9e37_79b9_7f4a_7c15UL) >> 40);
        int target = -1;
        for (int i = 0; i < Probes; i++)
        {
            int at = (start + i) % records.Capacity;
            ref NeighbourRecord record = ref records[at];
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
        ref NeighbourRecord place = ref records[target < 0 ? start % records.Capacity : target];
        place.NetworkId = 0;
        place.Address = address;
        place.Mac = mac;
        place.Vlan = vlan;
        Volatile.Write(ref place.NetworkId, networkId);
    }

    public void Restore(NetworkFacts facts, NeighbourTable table, long now)
    {
        for (int i = 0; i < records.Capacity; i++)
        {
            ref NeighbourRecord record = ref records[i];
            if (record.NetworkId == facts.NetworkId)
            {
                table.Learn(facts, record.Address, record.Mac, (ushort)record.Vlan, now);
            }
        }
    }

    /// <summary>A network went away.</summary>
    public void Forget(ulong networkId)
    {
        for (int i = 0; i < records.Capacity; i++)
        {
            if (records[i].NetworkId == networkId)
            {
                records[i].NetworkId = 0;
            }
        }
    }
}
