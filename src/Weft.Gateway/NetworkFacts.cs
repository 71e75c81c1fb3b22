using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>What the gateway's services know of their network: a copy of its record, replaced as a whole when it changes.</summary>
public sealed record NetworkFacts
{
    public required ulong NetworkId { get; init; }

    public required IpAddress Gateway { get; init; }

    /// <summary>Where guests send DNS queries; may equal <see cref="Gateway"/>.</summary>
    public required IpAddress Dns { get; init; }

    public required int PrefixLength { get; init; }

    public required NetworkFlags Flags { get; init; }

    /// <summary>Largest IP packet toward guests, in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Source address of sockets toward the outside; none = the host's choice.</summary>
    public IpAddress Source { get; init; }

    public MacAddress GatewayMac { get; init; }

    public bool Has(NetworkFlags flag) => (Flags & flag) == flag;

    /// <summary>True for an address within the network's subnet.</summary>
    public bool Contains(IpAddress address) =>
        address.IsV4 && Gateway.IsV4 && PrefixLength > 0 && ((address.V4 ^ Gateway.V4) >> (32 - PrefixLength)) == 0;

    /// <summary>True for the addresses that the gateway itself answers for.</summary>
    public bool IsOurs(IpAddress address) => address == Gateway || (address == Dns && !Dns.IsNone);

    public bool IsSubnetBroadcast(IpAddress address) =>
        address.IsV4 && PrefixLength is > 0 and < 31 && Contains(address) && (address.V4 | (0xffff_ffffu << (32 - PrefixLength))) == 0xffff_ffffu;

    public static NetworkFacts From(ref readonly NetworkRecord record) => new()
    {
        NetworkId = record.Id,
        Gateway = record.Gateway,
        Dns = record.Dns,
        PrefixLength = record.PrefixLength,
        Flags = record.Flags,
        Mtu = record.Mtu == 0 ? 1500 : record.Mtu,
        Source = record.Source,
        GatewayMac = record.GatewayMac,
    };
}
