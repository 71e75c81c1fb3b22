using System.Net;

namespace Weft.Model.Planning;

/// <summary>One network as the worker builds it: a switch, and by its settings a gateway.</summary>
public sealed record PlaneNetwork
{
    /// <summary>The declared name, or "nat/alpha:1" for the router of one NIC.</summary>
    public required string Name { get; init; }

    public required NetworkMode Mode { get; init; }

    /// <summary>Null: nobody on it has an address from us.</summary>
    public IPNetwork? Subnet { get; init; }

    /// <summary>Router, DHCP server and, where allowed, the host's loopback.</summary>
    public IPAddress? Gateway { get; init; }

    public string? GatewayMac { get; init; }

    /// <summary>Where the name service answers; null: there is none.</summary>
    public IPAddress? Dns { get; init; }

    /// <summary>What DHCP gives away; null: no DHCP.</summary>
    public AddressRange? Pool { get; init; }

    public bool HostLoopback { get; init; }

    public int Mtu { get; init; } = Network.DefaultMtu;

    public Polling Polling { get; init; }

    public int LeaseSeconds { get; init; }

    public IPAddress? Source { get; init; }

    public bool IsTranslated => Mode != NetworkMode.Internal;

    /// <summary>Guests hold addresses by these; a change of one makes it another network.</summary>
    internal bool IsSameAs(PlaneNetwork other) => Mode == other.Mode && Subnet == other.Subnet && Equals(Gateway, other.Gateway);
}
