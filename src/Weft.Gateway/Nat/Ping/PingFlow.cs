namespace Weft.Gateway.Nat.Ping;

/// <summary>What the worker knows of a ping flow besides its record; rebuilt at takeover. Native, zero-filled.</summary>
internal struct PingFlow
{
    public int Descriptor;

    /// <summary>Number of its translator in the table.</summary>
    public ushort Owner;

    /// <summary>Replies may be waiting: it is in its translator's queue.</summary>
    public bool IsQueued;

    /// <summary>The next in that queue; −1 for the last.</summary>
    public int QueueNext;

    /// <summary>0 = free.</summary>
    public ulong Generation;

    /// <summary>Lane time in microseconds.</summary>
    public long LastUsed;
}
