namespace Weft.Gateway.Nat.Udp;

/// <summary>What the worker knows of a flow besides its record; rebuilt at takeover. Native, zero-filled.</summary>
internal struct UdpFlow
{
    /// <summary>Lane time in microseconds. The wheel is not touched per datagram: a timer that fires early is set again.</summary>
    public long LastUsed;

    /// <summary>Neighbours in the list of its socket; −1 at the ends.</summary>
    public int NextOfSocket;
    public int PreviousOfSocket;
}
