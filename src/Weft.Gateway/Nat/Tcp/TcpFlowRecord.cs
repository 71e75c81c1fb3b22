using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>What of a TCP flow outlives its worker: written once or rarely, never per packet (design §2).</summary>
internal enum TcpRecordState : byte
{
    Free = 0,

    /// <summary>The guest's SYN was taken and we dial the host side; the guest has no answer yet.</summary>
    Dialling = 1,

    /// <summary>A host client was accepted through a forward and we dial the guest.</summary>
    Accepted = 2,

    /// <summary>Both handshakes are done, or only the guest's last ACK is missing.</summary>
    Established = 3,
}

/// <summary>Facts about the end of a flow that its socket cannot tell afterwards.</summary>
[Flags]
internal enum TcpIntents : byte
{
    None = 0,

    /// <summary>The guest's FIN was taken; set before the socket's shutdown.</summary>
    GuestFin = 1,

    /// <summary>The host's FIN was seen; set before ours goes to the guest.</summary>
    HostFin = 2,

    /// <summary>The guest acknowledged our FIN.</summary>
    HostFinAcknowledged = 4,
}

/// <summary>
/// One TCP flow in the shared memory, 128 bytes. Valid when <see cref="Stamp"/> holds a state other than free; it is written
/// last at birth and zeroed first at death. Both sequence numbers are derived from the socket, not from here.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct TcpFlowRecord
{
    /// <summary>Generation in the upper 56 bits, <see cref="TcpRecordState"/> in the lowest 8.</summary>
    public ulong Stamp;
    public ulong NetworkId;
    public IpAddress Guest;

    /// <summary>The other end as the guest sees it.</summary>
    public IpAddress Peer;
    public ushort GuestPort;
    public ushort PeerPort;

    /// <summary>The keeper's slot; −1 while uncovered.</summary>
    public int Slot;
    public uint GuestIsn;
    public uint OurIsn;
    public ushort Mss;
    public byte GuestScale;
    public byte OurScale;
    public TcpAgreed Agreed;
    public TcpIntents Intents;

    /// <summary>1: we dialled the host side, so our SYN counts in the kernel's numbers.</summary>
    public byte Dialled;
    public byte Reserved;

    public readonly TcpRecordState State => (TcpRecordState)(byte)Stamp;

    public readonly ulong Generation => Stamp >> 8;

    public readonly FlowKey Key => new(NetworkId, Guest, Peer, GuestPort, PeerPort, 6);

    public void SetState(TcpRecordState state, ulong generation) => Volatile.Write(ref Stamp, (generation << 8) | (byte)state);
}

/// <summary>Options agreed with the guest in the handshake.</summary>
[Flags]
internal enum TcpAgreed : byte
{
    None = 0,
    WindowScale = 1,
    Timestamps = 2,
    Sack = 4,
}
