using Weft.Linux;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Notifications both ways (virtio 1.2 §2.7.7, §2.7.10). Each side says when it wants to be told, the other looks before it
/// tells; a full fence stands between the store that may make the other sleep and the load that asks whether it does, on
/// both sides, or each can miss the other.
///   to the driver   by its used_event (VIRTIO_F_EVENT_IDX) or flag; after a start once in any case, since what an earlier
///                   life said is unknown
///   of sent frames  later: a driver learns of them anyway when it next transmits or receives, and what it wants to know early,
///                   that its ring is not full, it is told once a quarter is used (<see cref="OwesCall"/>, <see cref="PayCall"/>)
///   to us           hushed while we look at the ring anyway; asked for before we sleep
/// </summary>
internal sealed unsafe partial class SplitRing
{
    private const ushort NoNotification = 1;

    private bool _hasEventIndex;
    private bool _tellsAnyway;
    private bool _isHushed;
    private bool _isCallSocket;

    /// <summary>The call that is owed is the first since the start: it goes out whatever the driver says.</summary>
    private bool _isFirst;

    /// <summary>What was published up to here, when a call was first owed, was told or did not have to be.</summary>
    private ushort _told;

    /// <summary>Descriptor that tells the driver: an eventfd, or a socket as User-Mode Linux has it; −1: it looks by itself.</summary>
    public int Call
    {
        get;
        set
        {
            field = value;
            _isCallSocket = value >= 0 && SocketCalls.IsSocket(value);
        }
    } = -1;

    /// <summary>We look at the ring by ourselves for a while.</summary>
    public void Hush()
    {
        if (_isHushed)
        {
            return;
        }
        _isHushed = true;
        // With an event index nothing is to be written: the index that was asked for stays behind.
        if (!_hasEventIndex)
        {
            Volatile.Write(ref *(ushort*)_used, NoNotification);
        }
    }

    /// <summary>Asks to be told of the next chain. False when some wait already, of which nobody tells.</summary>
    public bool Listen() => ListenFrom(_next);

    /// <summary>Asks to be told when the driver's index moves on from <paramref name="seen"/>. False when it has.</summary>
    public bool ListenForMore(ushort seen) => ListenFrom(seen);

    private bool ListenFrom(ushort entry)
    {
        _isHushed = false;
        if (_hasEventIndex)
        {
            Volatile.Write(ref *AvailableEvent, entry);
        }
        else
        {
            Volatile.Write(ref *(ushort*)_used, (ushort)0);
        }
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _available[1]) == entry;
    }

    /// <summary>
    /// Tells the driver that used entries are there; a full socket or counter says so already. Neither call waits, whatever the
    /// front end has done to the file that it shares with us. Anything else than these two kinds is told nothing.
    /// </summary>
    public void Tell()
    {
        ulong one = 1;
        if (_isCallSocket)
        {
            SocketCalls.Send(Call, &one, sizeof(ulong));
        }
        else if (Call >= 0)
        {
            EventCalls.Signal(Call);
        }
    }

    /// <summary>The driver wanted to be told of something published, and was not yet.</summary>
    public bool OwesCall { get; private set; }

    /// <summary>Remembers that the driver wants to be told; true when there is so much to tell that it should be now.</summary>
    public bool OweCall()
    {
        OwesCall = true;
        return _isFirst || (ushort)(_published - _told) >= Size / 4;
    }

    /// <summary>Tells what is owed, unless the driver has seen it by itself.</summary>
    /// <returns>True when it was told.</returns>
    public bool PayCall()
    {
        OwesCall = false;
        bool wants = _isFirst || WantsCall(_told);
        _isFirst = false;
        if (wants)
        {
            Tell();
        }
        return wants;
    }

    private ushort* AvailableEvent => (ushort*)(_used + UsedHeader + Size * sizeof(ulong));

    private ushort* UsedEvent => _available + AvailableEntries + Size;

    private void StartNotifying(bool eventIndex)
    {
        _hasEventIndex = eventIndex;
        _tellsAnyway = true;
        _isHushed = false;
        OwesCall = false;
        _isFirst = false;
    }

    private bool WantsCall(ushort before)
    {
        Interlocked.MemoryBarrier();
        if (_tellsAnyway)
        {
            _tellsAnyway = false;
            _isFirst = true;
            return true;
        }
        return _hasEventIndex
            ? (ushort)(_published - Volatile.Read(ref *UsedEvent) - 1) < (ushort)(_published - before)
            : (Volatile.Read(ref _available[0]) & NoNotification) == 0;
    }
}
