using Weft.Engine;

namespace Weft.Linux.Keeping;

/// <summary>
/// The keeper as one lane of several sees it. Adds and drops of all lanes stand in one queue, in their order; whoever ends a
/// turn first sends it whole. A lane waits for what it added itself, and asks again after a millisecond when the keeper's
/// socket was full: the event that tells of room goes to the lane which watches the socket.
/// Accepted connections are handed to the lane that asked for them.
/// </summary>
public sealed class LaneKeeper : IDescriptorKeeper, ITurnEnd, IDeadlines
{
    private readonly KeeperLink _link;
    private readonly Lane _lane;
    private uint _mark;
    private bool _asks;

    /// <summary>Enters the lane. Before any gateway, since ends of turn run in order and a gateway's asks <see cref="AllKept"/>.</summary>
    public LaneKeeper(KeeperLink link, Lane lane)
    {
        _link = link;
        _lane = lane;
        lane.Add((ITurnEnd)this);
        lane.Add((IDeadlines)this);
    }

    public bool IsCovered => _link.IsCovered;

    public bool IsFull => _link.IsFull;

    public bool AllKept => _link.IsKept(_mark);

    public long NextDeadline { get; private set; } = long.MaxValue;

    public int Add(int descriptor) => _link.Add(descriptor, out _mark);

    public void Drop(int slot) => _link.Drop(slot, out _mark);

    public bool Flush()
    {
        if (!AllKept)
        {
            _link.Flush();
        }
        bool isKept = AllKept;
        NextDeadline = isKept ? long.MaxValue : _lane.Now + KeeperLink.RetryMicroseconds;
        return isKept;
    }

    public bool AskAccept(IAcceptTarget target)
    {
        bool isAsked = _link.AskAccept(new Elsewhere(_lane, target));
        _asks |= isAsked;
        return isAsked;
    }

    public void OnTurnEnd()
    {
        Flush();
        if (_asks)
        {
            _asks = !_link.FlushAndAsk();
            NextDeadline = _asks ? _lane.Now + KeeperLink.RetryMicroseconds : NextDeadline;
        }
    }

    public void OnDeadline(long now) => Flush();

    /// <summary>A target on a lane that does not hear the keeper: it is told there.</summary>
    private sealed class Elsewhere(Lane lane, IAcceptTarget target) : IAcceptTarget
    {
        public int ListenerSlot => target.ListenerSlot;

        public void OnAccepted(int socket, int slot) => lane.Post(() => target.OnAccepted(socket, slot));

        public void OnAcceptEnd(int result) => lane.Post(() => target.OnAcceptEnd(result));
    }
}
