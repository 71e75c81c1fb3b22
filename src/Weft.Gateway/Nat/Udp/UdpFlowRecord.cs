using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>
/// One (guest port, peer) pair in the shared memory, 96 bytes. Valid by <see cref="Stamp"/> (<see cref="RecordStamp"/>), and
/// only together with the socket that it names.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 96)]
internal struct UdpFlowRecord
{
    public const byte Open = 1;

    public ulong Stamp;

    /// <summary>Index of its <see cref="UdpSocketRecord"/>, and which life of that.</summary>
    public int Socket;
    public uint SocketGeneration;
    public ulong NetworkId;
    public IpAddress Guest;

    /// <summary>The peer as the guest sees it, and as the socket does; they differ where policy mapped it.</summary>
    public IpAddress GuestPeer;
    public IpAddress HostPeer;
    public ushort GuestPort;
    public ushort GuestPeerPort;
    public ushort HostPeerPort;

    /// <summary>1 once datagrams went both ways.</summary>
    public byte TwoWay;

    public readonly byte State => RecordStamp.StateOf(Stamp);

    /// <summary>Under which the guest's datagrams find it.</summary>
    public readonly FlowKey GuestKey => new(NetworkId, Guest, GuestPeer, GuestPort, GuestPeerPort, IpProtocol.Udp);

    /// <summary>Under which the socket's datagrams find it.</summary>
    public readonly FlowKey HostKey => HostKeyOf(Socket, HostEnd);

    public readonly HostEnd HostEnd => new(HostPeer, HostPeerPort);

    public static FlowKey HostKeyOf(int socket, HostEnd peer) => new((ulong)socket, default, peer.Address, 0, peer.Port, IpProtocol.Udp);
}
