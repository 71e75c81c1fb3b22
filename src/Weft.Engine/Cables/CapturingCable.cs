using Weft.Engine.State;

namespace Weft.Engine.Cables;

/// <summary>
/// A cable that writes down what passes, both ways, as the plug sees it, for one capture or several. To know the reason of each
/// drop, it delivers frames one by one while it is there. What the endpoint lends is written when the turn is over, under the
/// time at which it came: by then the port has told what became of it (<see cref="IDropWatch"/>), and what was held back is left out,
/// since it will be lent again.
/// </summary>
/// <remarks>Owns its writers and, until <see cref="Unwrap"/>, the endpoint. Lives on the endpoint's lane.</remarks>
public sealed unsafe class CapturingCable : IEndpoint, IMemoryQueue, IDropWatch
{
    private readonly PortCounters* _counters;
    private readonly FrameFate[] _fates = new FrameFate[Burst.Capacity];
    private PcapngWriter[] _writers = [];
    private IEndpoint? _inner;
    private ulong _polled;

    public CapturingCable(IEndpoint inner, PortCounters* counters)
    {
        _inner = inner;
        _counters = counters;
    }

    public CapturingCable(IEndpoint inner, PcapngWriter writer, PortCounters* counters)
        : this(inner, counters) => Add(writer);

    public EndpointCaps Caps => Inner.Caps;

    public int Room => Inner.Room;

    public bool CanHold => Inner is IMemoryQueue { CanHold: true };

    /// <summary>Nobody looks any more.</summary>
    public bool IsIdle => _writers.Length == 0;

    /// <summary>Frames that passed but are missing in the captures.</summary>
    public ulong Missed
    {
        get
        {
            ulong missed = 0;
            foreach (PcapngWriter writer in _writers)
            {
                missed += writer.Missed;
            }
            return missed;
        }
    }

    /// <summary>What is captured. Another one in between (an impaired cable) takes its place.</summary>
    public IEndpoint Inner
    {
        get => _inner ?? throw new ObjectDisposedException(nameof(CapturingCable));
        set => _inner = value;
    }

    public void Add(PcapngWriter writer) => _writers = [.. _writers, writer];

    /// <summary>Ends one capture; the writer is disposed.</summary>
    public void Remove(PcapngWriter writer)
    {
        _writers = Array.FindAll(_writers, w => w != writer);
        writer.Dispose();
    }

    public bool Look() => Inner is IMemoryQueue queue && queue.Look();

    public bool Listen() => Inner is not IMemoryQueue queue || queue.Listen();

    public int Offer(ReadOnlySpan<FrameRef> frames)
    {
        if (Inner is not IMemoryQueue queue)
        {
            Deliver(frames);
            return frames.Length;
        }
        PortCounters before;
        for (int i = 0; i < frames.Length; i++)
        {
            before = *_counters;
            if (queue.Offer(frames.Slice(i, 1)) == 0)
            {
                return i;
            }
            Write(in frames[i], CaptureDirection.Outbound, NewDropSince(&before), Now);
        }
        return frames.Length;
    }

    public bool Poll(Burst burst)
    {
        bool more = Inner.Poll(burst);
        _polled = Now;
        for (int i = 0; i < burst.Count; i++)
        {
            _fates[i] = new FrameFate(burst[i].Head, DropReason.None);
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
            Write(in frames[i], CaptureDirection.Outbound, NewDropSince(&before), Now);
        }
    }

    public void Release(Burst burst)
    {
        for (int i = 0; i < burst.Count - burst.HeldBack; i++)
        {
            Write(in burst[i], CaptureDirection.Inbound, _fates[i].Dropped, _polled);
        }
        Inner.Release(burst);
    }

    public void DroppedFromPlug(in FrameRef frame, DropReason reason)
    {
        for (int i = 0; i < Burst.Capacity; i++)
        {
            if (_fates[i].Head == frame.Head)
            {
                _fates[i] = new FrameFate(frame.Head, reason);
                return;
            }
        }
    }

    public void DroppedToPlug(in FrameRef frame, DropReason reason) => Write(in frame, CaptureDirection.Outbound, reason, Now);

    /// <summary>Takes the captures off: returns the endpoint, which goes on, and ends the writers.</summary>
    public IEndpoint Unwrap()
    {
        IEndpoint endpoint = Inner;
        _inner = null;
        Array.ForEach(_writers, writer => writer.Dispose());
        _writers = [];
        return endpoint;
    }

    public void Dispose()
    {
        if (_inner is not null)
        {
            Unwrap().Dispose();
        }
    }

    private ulong Now => _writers.Length == 0 ? 0 : _writers[0].Now;

    private void Write(in FrameRef frame, CaptureDirection direction, DropReason dropped, ulong stamp)
    {
        foreach (PcapngWriter writer in _writers)
        {
            writer.Write(in frame, direction, dropped, stamp);
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

    /// <summary>What became of a frame that was lent.</summary>
    private readonly struct FrameFate(byte* head, DropReason dropped)
    {
        public byte* Head => head;

        public DropReason Dropped => dropped;
    }
}
