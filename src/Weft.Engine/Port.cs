using Weft.Engine.Cables;
using Weft.Engine.State;

namespace Weft.Engine;

/// <summary>
/// One port of a switch with the endpoint plugged into it: counts what passes, drops what cannot, mends offloads that the
/// endpoint does not take. Lives on its lane's thread.
/// </summary>
public sealed unsafe class Port : IPortSignal, IDisposable
{
    private readonly Lane _lane;
    private readonly PortCounters* _counters;
    private IEndpoint? _plug;
    private IDropWatch? _watch;
    private bool _plugged;

    /// <summary>Lane time since which it has taken nothing that was offered; 0 when it takes.</summary>
    private long _fullSince;
    private bool _carrier;
    private IForwarder _forwarder;

    /// <param name="index">The switch's own number for this port.</param>
    /// <param name="counters">In the shared memory.</param>
    public Port(Lane lane, IForwarder forwarder, ushort index, PortCounters* counters)
    {
        _lane = lane;
        _forwarder = forwarder;
        _counters = counters;
        Index = index;
    }

    /// <summary>The switch's own number for this port.</summary>
    public ushort Index { get; private set; }

    public Lane Lane => _lane;

    public PortCounters* Counters => _counters;

    public IEndpoint Plug => _plug ?? throw new InvalidOperationException("no endpoint in this port");

    /// <summary>True when frames can pass: the cable is in and there is carrier.</summary>
    public bool IsUp => _plugged && _carrier;

    public bool IsPlugged => _plugged;

    /// <summary>Why frames cannot pass; meant for a port that is not up.</summary>
    private DropReason Closed => _plugged ? DropReason.NoCarrier : DropReason.Unplugged;

    /// <summary>Whose port this is: its record's id; 0 for one of our own.</summary>
    public ulong Tag { get; set; }

    /// <summary>In the lane's ready list.</summary>
    internal bool IsReady { get; set; }

    /// <summary>The endpoint's queue, where it lies in memory.</summary>
    internal IMemoryQueue? Queue { get; private set; }

    /// <summary>Its last frames were held back: it is not polled before there is room where they go, or the time is over.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Looks at its queues in a row that found nothing.</summary>
    internal int VainLooks { get; set; }

    /// <summary>In the lane's list of queues to look at.</summary>
    internal bool IsLookedAt { get; set; }

    /// <summary>The answer of <see cref="Room"/> for an endpoint that need not count.</summary>
    public const int Plenty = 1 << 16;

    /// <summary>Frames as they leave (segments, where the endpoint takes them cut) that the port would take now without a drop;
    /// <see cref="Plenty"/> where that is no question.</summary>
    public int Room => IsUp ? _plug!.Room : Plenty;

    public void Attach(IEndpoint plug)
    {
        _plug = plug;
        Queue = plug as IMemoryQueue;
        _watch = plug as IDropWatch;
    }

    /// <summary>The cable goes in or out.</summary>
    public void SetPlugged(bool plugged)
    {
        if (_plugged == plugged)
        {
            return;
        }
        _plugged = plugged;
        Changed();
    }

    public void Ready() => _lane.MarkReady(this);

    public void LookAtMe() => _lane.LookAt(this);

    public void RoomAgain()
    {
        _lane.Held.RoomAgain(this);
        _forwarder.RoomAgain(this);
    }

    public void CarrierChanged(bool up)
    {
        if (_carrier == up)
        {
            return;
        }
        _carrier = up;
        Changed();
    }

    public void Drop(DropReason reason, ulong frames = 1) => _counters->Drop(reason, frames);

    /// <summary>A frame that came in here is dropped.</summary>
    public void Drop(DropReason reason, in FrameRef frame)
    {
        _counters->Drop(reason);
        _watch?.DroppedFromPlug(in frame, reason);
    }

    /// <summary>One turn of this port: poll, forward, release. Returns true when more may be waiting.</summary>
    internal bool Turn(Burst burst)
    {
        burst.Clear();
        bool more = _plug!.Poll(burst);
        if (burst.Count > 0)
        {
            if (_plugged)
            {
                _lane.Coalescer.IsOn = burst.IsCut;
                _forwarder.Forward(this, burst);
                CountIn(burst.Frames[..^burst.HeldBack]);
            }
            else
            {
                foreach (ref readonly FrameRef frame in burst.Frames)
                {
                    Drop(DropReason.Unplugged, in frame);
                }
            }
        }
        _plug!.Release(burst);
        return more;
    }

    /// <summary>Delivers frames to the endpoint, cut segments joined where it takes them whole, offloads mended where it cannot take them.</summary>
    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        if (!IsUp)
        {
            Refuse(frames, Closed);
            return;
        }
        bool uncut = TakesUncut(frames, out ulong bytes);
        _counters->FramesOut += (ulong)frames.Length;
        _counters->BytesOut += bytes;
        if (_lane.Coalescer.IsOn && frames.Length > 1)
        {
            frames = _lane.Coalescer.Join(frames, _plug!.Caps);
            uncut = false;
        }
        if (uncut)
        {
            _plug!.Deliver(frames);
            return;
        }
        _lane.Fixup.Deliver(_plug!, frames, _counters);
    }

    /// <summary>True when the endpoint takes every frame as it is.</summary>
    private bool TakesUncut(ReadOnlySpan<FrameRef> frames, out ulong bytes)
    {
        bytes = 0;
        int longest = 0;
        int offloads = 0;
        foreach (ref readonly FrameRef frame in frames)
        {
            bytes += (uint)frame.Length;
            longest = Math.Max(longest, frame.Length);
            offloads |= frame.Offload.Flags | frame.Offload.GsoType;
        }
        EndpointCaps caps = _plug!.Caps;
        return offloads == 0 ? longest <= caps.MaxFrame : OffloadFixup.TakesAll(frames, in caps);
    }

    private static ulong BytesOf(ReadOnlySpan<FrameRef> frames)
    {
        ulong bytes = 0;
        foreach (ref readonly FrameRef frame in frames)
        {
            bytes += (uint)frame.Length;
        }
        return bytes;
    }

    /// <summary>
    /// Delivers a burst that came from <paramref name="from"/>. What finds no room here stays with its sender, where that can
    /// wait, for a bounded time; then, and until this port takes something again, it is dropped.
    /// </summary>
    public void DeliverOrHold(Port from, Burst burst)
    {
        ReadOnlySpan<FrameRef> frames = burst.Frames;
        if (!IsUp || Queue is null || from.Queue is not { CanHold: true })
        {
            Deliver(frames);
        }
        else if (_lane.Coalescer.IsOn)
        {
            DeliverPiecesOrHold(from, burst);
        }
        else if (TakesUncut(frames, out ulong bytes))
        {
            int taken = Queue.Offer(frames);
            if (!Holds(from, burst, taken))
            {
                Refuse(frames[taken..], DropReason.PortFull);
            }
            _counters->FramesOut += (ulong)taken;
            _counters->BytesOut += taken == frames.Length ? bytes : BytesOf(frames[..taken]);
        }
        else
        {
            Deliver(frames);
        }
    }

    /// <summary>
    /// A burst of pieces, which may be joined on their way: joined ones can no longer be told apart, so it is asked first how many
    /// there is room for. Where that is none of several queues, those whose queue has room get through when the time is over.
    /// </summary>
    private void DeliverPiecesOrHold(Port from, Burst burst)
    {
        ReadOnlySpan<FrameRef> frames = burst.Frames;
        int taken = 0;
        for (int room; taken < frames.Length && (room = Math.Min(Room, frames.Length - taken)) > 0; taken += room)
        {
            Deliver(frames.Slice(taken, room));
        }
        if (!Holds(from, burst, taken))
        {
            Deliver(frames[taken..]);
        }
    }

    /// <summary>Of a burst so many frames went. The others stay with their sender, unless none have gone for too long: then false.</summary>
    private bool Holds(Port from, Burst burst, int taken)
    {
        int left = burst.Frames.Length - taken;
        if (left == 0)
        {
            _fullSince = 0;
            return true;
        }
        if (taken > 0 || _fullSince == 0)
        {
            _fullSince = _lane.Now;
        }
        if (_lane.Now - _fullSince >= HeldPorts.Limit)
        {
            return false;
        }
        burst.HoldBack(left);
        _lane.Held.Add(from, this, _fullSince + HeldPorts.Limit);
        return true;
    }

    /// <summary>What would become of a whole frame that was delivered now; nothing is sent or counted.</summary>
    public DropReason Ask(in FrameRef frame)
    {
        if (!IsUp)
        {
            return Closed;
        }
        bool isTooLong = frame.Offload.GsoType == Wire.Offload.GsoNone && frame.Length > _plug!.Caps.MaxFrame;
        return isTooLong ? DropReason.Oversized : Room <= 0 ? DropReason.PortFull : DropReason.None;
    }

    /// <summary>Moves to another switch (or to none), endpoint and all; the switch of before has let go of it.</summary>
    public void MoveTo(IForwarder forwarder, ushort index)
    {
        _forwarder = forwarder;
        Index = index;
    }

    public void Dispose()
    {
        _lane.Forget(this);
        _plug?.Dispose();
    }

    private void CountIn(ReadOnlySpan<FrameRef> frames)
    {
        _counters->FramesIn += (ulong)frames.Length;
        _counters->BytesIn += BytesOf(frames);
    }

    /// <summary>Frames for the plug do not reach it.</summary>
    private void Refuse(ReadOnlySpan<FrameRef> frames, DropReason reason)
    {
        Drop(reason, (ulong)frames.Length);
        if (_watch is null)
        {
            return;
        }
        foreach (ref readonly FrameRef frame in frames)
        {
            _watch.DroppedToPlug(in frame, reason);
        }
    }

    private void Changed()
    {
        _counters->Carrier = IsUp ? 1UL : 0UL;
        _forwarder.PortChanged(this);
    }
}
