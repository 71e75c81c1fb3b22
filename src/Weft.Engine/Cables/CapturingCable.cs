using Weft.Engine.State;

namespace Weft.Engine.Cables;

/// <summary>
/// A cable that writes down what passes, both ways, as the plug sees it: frames that it lends before the switch decides on
/// them, frames delivered to it with the reason when it dropped them. To know that of each frame, it delivers them one by one
/// while the capture runs.
/// </summary>
/// <remarks>Owns the writer and, until <see cref="Unwrap"/>, the endpoint.</remarks>
public sealed unsafe class CapturingCable(IEndpoint inner, PcapngWriter writer, PortCounters* counters) : IEndpoint, IMemoryQueue
{
    private readonly PortCounters* _counters = counters;
    private IEndpoint? _inner = inner;

    public EndpointCaps Caps => Inner.Caps;

    public int Room => Inner.Room;

    public bool CanHold => false;

    public bool Look() => Inner is IMemoryQueue queue && queue.Look();

    public bool Listen() => Inner is not IMemoryQueue queue || queue.Listen();

    public int Offer(ReadOnlySpan<FrameRef> frames)
    {
        Deliver(frames);
        return frames.Length;
    }

    /// <summary>Frames that passed but are missing in the capture.</summary>
    public ulong Missed => writer.Missed;

    private IEndpoint Inner => _inner ?? throw new ObjectDisposedException(nameof(CapturingCable));

    public bool Poll(Burst burst)
    {
        bool more = Inner.Poll(burst);
        foreach (ref readonly FrameRef frame in burst.Frames)
        {
            writer.Write(in frame, CaptureDirection.Inbound, DropReason.None);
        }
        return more;
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        PortCounters before;
        for (int i = 0; i < frames.Length; i++)
        {
            before = *_counters;
            Inner.Deliver(frames.Slice(i, 1));
            writer.Write(in frames[i], CaptureDirection.Outbound, NewDropSince(&before));
        }
    }

    public void Release(Burst burst) => Inner.Release(burst);

    /// <summary>Takes the capture off: returns the endpoint, which goes on, and ends the writer.</summary>
    public IEndpoint Unwrap()
    {
        IEndpoint endpoint = Inner;
        _inner = null;
        writer.Dispose();
        return endpoint;
    }

    public void Dispose()
    {
        if (_inner is not null)
        {
            Unwrap().Dispose();
        }
    }

    private DropReason NewDropSince(PortCounters* before)
    {
        for (int i = 0; i < (int)DropReason.Count; i++)
        {
            if (_counters->Drops[i] != before->Drops[i])
            {
                return (DropReason)i;
            }
        }
        return DropReason.None;
    }
}
