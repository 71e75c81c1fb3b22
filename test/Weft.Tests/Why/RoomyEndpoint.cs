using Weft.Engine;
using Weft.Engine.State;
using Weft.Tests.Engine;

namespace Weft.Tests.Why;

/// <summary>A guest's end with so much room: what does not fit is counted, as a ring does it. Keeps copies of the rest.</summary>
internal sealed unsafe class RoomyEndpoint(PortCounters* counters) : IEndpoint
{
    private readonly FakeEndpoint _inner = new();
    private readonly PortCounters* _counters = counters;

    public EndpointCaps Caps { get; set; } = new(65_550, EndpointOffloads.All);

    public int Room { get; set; } = Burst.Capacity;

    public IReadOnlyList<(byte[] Bytes, Weft.Wire.Offload Offload)> Delivered => _inner.Delivered;

    public void Queue(byte[] frame) => _inner.Queue(frame);

    public bool Poll(Burst burst) => _inner.Poll(burst);

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        if (Room > 0)
        {
            _inner.Deliver(frames);
            return;
        }
        _counters->Drop(DropReason.PortFull, (ulong)frames.Length);
    }

    public void Release(Burst burst) => _inner.Release(burst);

    public void Dispose() => _inner.Dispose();
}
