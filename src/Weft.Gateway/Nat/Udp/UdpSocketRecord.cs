using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

internal enum UdpSocketKind : byte
{
    Free = 0,

    /// <summary>The host side of one guest address and port, toward all its peers (RFC 4787 REQ-1).</summary>
    Mapping = 1,

    /// <summary>Listens for a forward; each outside client is a flow of it.</summary>
    Forward = 2,
}

/// <summary>One host UDP socket in the shared memory, 64 bytes. Valid by <see cref="Stamp"/> (<see cref="RecordStamp"/>).</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct UdpSocketRecord
{
    public ulong Stamp;
    public ulong NetworkId;

    /// <summary>Mapping only: whose it is.</summary>
    public IpAddress Guest;

    /// <summary>Forward only.</summary>
    public ulong ForwardId;

    /// <summary>The keeper's slot; −1 while uncovered.</summary>
    public int Slot;
    public ushort GuestPort;

    public readonly UdpSocketKind Kind => (UdpSocketKind)RecordStamp.StateOf(Stamp);

    /// <summary>Under which a mapping, or a forward, is found.</summary>
    public static FlowKey KeyOf(ulong networkId, IpAddress guest, ushort guestPort) => new(networkId, guest, default, guestPort, 0, IpProtocol.Udp);

    public static FlowKey KeyOf(ulong forwardId) => new(forwardId, default, default, 0, 0, UdpTable.ForwardMark | IpProtocol.Udp);

    /// <summary>By what it is, not by its stamp: asked at death too.</summary>
    public readonly FlowKey Key => ForwardId != 0 ? KeyOf(ForwardId) : KeyOf(NetworkId, Guest, GuestPort);
}
