namespace Weft.Gateway.Nat.Udp;

/// <summary>What the worker knows of a socket besides its record; rebuilt at takeover. Native, zero-filled.</summary>
internal struct UdpSocket
{
    public int Descriptor;

    /// <summary>Number of its translator in the table.</summary>
    public ushort Owner;

    /// <summary>Datagrams may be waiting: it is in its translator's queue.</summary>
    public bool IsQueued;

    /// <summary>Neighbours in that queue; −1 at the ends.</summary>
    public int QueueNext;
    public int QueuePrevious;

    /// <summary>Its flows, newest first; −1 for none.</summary>
    public int FirstFlow;
    public int FlowCount;
    public ulong Generation;
}
