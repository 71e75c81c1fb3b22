namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>
/// Kicks to the device, calls from it, and how either side says that it wants none: by flag, or with EVENT_IDX by the index
/// at which it wants the next (virtio 1.2 §2.7.7, §2.7.10). The older word is void once the newer is agreed on.
/// </summary>
public sealed unsafe partial class DriverRing
{
    private const ushort NoInterrupt = 1;
    private const ushort NoNotify = 1;

    private readonly bool _usesEventIndex;
    private ushort _kickedAt;

    public EventFile Kick { get; } = new();

    public EventFile Call { get; } = new();

    public EventFile Error { get; } = new();

    /// <summary>With EVENT_IDX: the device calls once used.idx passes this.</summary>
    public ushort UsedEvent
    {
        get => *(ushort*)(_available + 4 + Size * 2);
        set => Volatile.Write(ref *(ushort*)(_available + 4 + Size * 2), value);
    }

    /// <summary>With EVENT_IDX: the driver kicks once avail.idx passes this.</summary>
    public ushort AvailableEvent => Volatile.Read(ref *(ushort*)(_used + 4 + Size * 8));

    public ushort AvailableFlags
    {
        get => *(ushort*)_available;
        set => Volatile.Write(ref *(ushort*)_available, value);
    }

    public ushort UsedFlags => Volatile.Read(ref *(ushort*)_used);

    /// <summary>True when the device wants to hear of what was published since the last kick.</summary>
    public bool IsKickWanted
    {
        get
        {
            Interlocked.MemoryBarrier();
            return _usesEventIndex
                ? (ushort)(AvailableIndex - AvailableEvent - 1) < (ushort)(AvailableIndex - _kickedAt)
                : (UsedFlags & NoNotify) == 0;
        }
    }

    /// <summary>Kicks when the device wants it, as a driver does. True when it kicked.</summary>
    public bool KickIfWanted()
    {
        bool wanted = IsKickWanted;
        _kickedAt = AvailableIndex;
        if (wanted)
        {
            Kick.Signal();
        }
        return wanted;
    }

    /// <summary>From now on a call for the next used buffer, or for the <paramref name="after"/>-th from here.</summary>
    public void WantCalls(int after = 1)
    {
        AvailableFlags = 0;
        UsedEvent = (ushort)(NextUsed + after - 1);
        Interlocked.MemoryBarrier();
    }

    public void WantNoCalls()
    {
        AvailableFlags = _usesEventIndex ? (ushort)0 : NoInterrupt;
        UsedEvent = (ushort)(NextUsed - 1);
        Interlocked.MemoryBarrier();
    }
}
