using Weft.Engine;
using Weft.Gateway.Arp;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Ping;
using Weft.Gateway.Nat.Tcp;
using Weft.Gateway.Nat.Udp;

namespace Weft.Gateway;

/// <summary>What all gateways of a lane share: the lane, the host side, the tables, the leases' journal, the mirror of neighbours.</summary>
internal sealed record GatewayParts(Lane Lane, HostSide Host)
{
    public required TcpTable Tcp { get; init; }

    public required UdpTable Udp { get; init; }

    public required PingTable Ping { get; init; }

    public required LeaseSlots LeaseSlots { get; init; }

    public required LeaseJournal Journal { get; init; }

    public required NeighbourMirror Neighbours { get; init; }
}
