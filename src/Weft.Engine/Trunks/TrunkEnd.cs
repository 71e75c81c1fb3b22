namespace Weft.Engine.Trunks;

/// <summary>One end of a <see cref="Trunk"/>, on its port's lane.</summary>
internal sealed class TrunkEnd : IEndpoint, IMemoryQueue
{
    private const int MaxFrame = 65_550;

    /// <summary>What <see cref="Room"/> counts in: a frame of the usual MTU.</summary>
    private const int UsualFrame = 1518;

    private readonly Port _port;
    private readonly FrameRing _outgoing;
    private readonly FrameRing _incoming;
    private readonly Action _framesCame;
    private readonly Action _roomCame;
    private volatile bool _isOver;

    public TrunkEnd(Port port, FrameRing outgoing, FrameRing incoming)
    {
        _port = port;
        _outgoing = outgoing;
        _incoming = incoming;
        _framesCame = FramesCame;
        _roomCame = RoomCame;
    }

    public TrunkEnd? Peer { get; set; }

    public EndpointCaps Caps { get; } = new(MaxFrame, EndpointOffloads.All | EndpointOffloads.Coalesced);

    public bool CanHold => true;

    public int Room
    {
        get
        {
            int room = _outgoing.RoomFor(UsualFrame);
            return room > 0 || _outgoing.AwaitRoom() ? room : _outgoing.RoomFor(UsualFrame);
        }
    }

    public bool Look() => _incoming.HasFrames;

    public bool Listen() => _incoming.AwaitFrames();

    public bool Poll(Burst burst) => _incoming.Lend(burst);

    public void Release(Burst burst)
    {
        if (_incoming.Free(burst.Count - burst.HeldBack))
        {
            Peer!.Post(Peer._roomCame);
        }
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        int done = Offer(frames);
        if (done < frames.Length)
        {
            _port.Drop(DropReason.PortFull, (ulong)(frames.Length - done));
        }
    }

    public int Offer(ReadOnlySpan<FrameRef> frames)
    {
        int done = Put(frames);
        if (done < frames.Length && !_outgoing.AwaitRoom())
        {
            done += Put(frames[done..]);
        }
        if (_outgoing.Publish())
        {
            Peer!.Post(Peer._framesCame);
        }
        return done;
    }

    public void Dispose() => _isOver = true;

    private int Put(ReadOnlySpan<FrameRef> frames)
    {
        int done = 0;
        while (done < frames.Length && _outgoing.TryPut(in frames[done]))
        {
            done++;
        }
        return done;
    }

    private void Post(Action action) => _port.Lane.Post(action);

    private void FramesCame()
    {
        if (!_isOver)
        {
            _port.Ready();
        }
    }

    private void RoomCame()
    {
        if (!_isOver)
        {
            _port.RoomAgain();
        }
    }
}
