using Weft.Engine;
using Weft.Gateway.Arp;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Tcp;

namespace Weft.Gateway;

/// <summary>What all gateways of a lane share: the lane, the host side, the flow tables, the mirror of neighbours.</summary>
internal sealed record GatewayParts(Lane Lane, HostSide Host, TcpTable Tcp, NeighbourMirror Neighbours)
{
    /// <summary>The network's switch, asked for room before a socket is read.</summary>
    public required IRoom Room { get; init; }
}
