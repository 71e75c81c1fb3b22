using Weft.Engine.State;

namespace Weft.Daemon.Metrics;

/// <summary>One port's counters with the names they go by.</summary>
internal sealed record PortRow(string Network, string Port, PortCounters Counters)
{
    /// <summary>All NICs, and the gateways of networks as port "gateway".</summary>
    public static List<PortRow> ReadAll(SharedState state, IReadOnlyDictionary<ulong, NetworkRecord> networks)
    {
        List<PortRow> rows = [];
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        RecordArray<PortCounters> counters = state.Array<PortCounters>(SharedArray.PortCounters);
        for (int i = 0; i < ports.Capacity; i++)
        {
            PortRecord port = ports[i];
            if (port.Id != 0 && port.CounterIndex < (uint)counters.Capacity)
            {
                string network = networks.TryGetValue(port.NetworkId, out NetworkRecord on) ? on.Name.ToString() : "";
                rows.Add(new PortRow(network, port.Name.ToString(), counters[(int)port.CounterIndex]));
            }
        }
        RecordArray<NetworkRecord> all = state.Array<NetworkRecord>(SharedArray.Networks);
        for (int i = 0; i < all.Capacity && ports.Capacity + i < counters.Capacity; i++)
        {
            if (all[i].Id != 0 && (all[i].Flags & (NetworkFlags.Gateway | NetworkFlags.Dhcp)) != 0)
            {
                rows.Add(new PortRow(all[i].Name.ToString(), "gateway", counters[ports.Capacity + i]));
            }
        }
        return rows;
    }
}
