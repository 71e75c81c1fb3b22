using Weft.Engine.State;

namespace Weft.Daemon.Status;

/// <summary>All ports' counters at one moment, by port id.</summary>
/// <param name="Timestamp">Of the time provider's clock.</param>
internal sealed record CounterSample(long Timestamp, IReadOnlyDictionary<ulong, PortSample> Ports)
{
    public static CounterSample Take(SharedState state, long timestamp)
    {
        Dictionary<ulong, PortSample> samples = [];
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        RecordArray<PortCounters> counters = state.Array<PortCounters>(SharedArray.PortCounters);
        for (int i = 0; i < ports.Capacity; i++)
        {
            ref PortRecord port = ref ports[i];
            if (port.Id != 0 && port.CounterIndex < (uint)counters.Capacity)
            {
                ref PortCounters c = ref counters[(int)port.CounterIndex];
                samples[port.Id] = new PortSample(c.FramesIn, c.BytesIn, c.FramesOut, c.BytesOut);
            }
        }
        return new CounterSample(timestamp, samples);
    }
}
