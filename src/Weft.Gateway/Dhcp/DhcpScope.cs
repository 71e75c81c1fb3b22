using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>What the DHCP server of one network gives out: immutable, replaced as a whole when the network's record changes.</summary>
public sealed record DhcpScope
{
    private const int DefaultMtu = 1500;
    private const uint DefaultLeaseSeconds = 86_400;

    public required string Network { get; init; }

    public required ulong NetworkId { get; init; }

    /// <summary>Our own address: server identifier.</summary>
    public required IpAddress Server { get; init; }

    public required int PrefixLength { get; init; }

    /// <summary>The pool, both ends included.</summary>
    public required IpAddress First { get; init; }

    public required IpAddress Last { get; init; }

    /// <summary>None where the network leads nowhere.</summary>
    public IpAddress Router { get; init; }

    public IpAddress Dns { get; init; }

    public string Domain { get; init; } = "";

    public int Mtu { get; init; } = DefaultMtu;

    /// <summary>The longest lease; a client may ask for less, down to <see cref="MinLeaseSeconds"/>.</summary>
    public uint LeaseSeconds { get; init; } = DefaultLeaseSeconds;

    /// <summary>Addresses that one port may hold at a time; 0 = no bound.</summary>
    public int MaxPerPort { get; init; } = 4;

    /// <summary>
    /// No other DHCP server is on this network: an address that we do not know of is granted when it is free, else refused at
    /// once. Otherwise such requests get no answer (RFC 2131 §4.3.2).
    /// </summary>
    public bool IsAuthoritative { get; init; } = true;

    public uint MinLeaseSeconds => Math.Min(60, LeaseSeconds);

    public IpAddress Mask => IpAddress.FromV4(PrefixLength == 0 ? 0 : 0xffff_ffffu << (32 - PrefixLength));

    public IpAddress Broadcast => IpAddress.FromV4(Server.V4 | ~Mask.V4);

    /// <summary>Within the subnet, neither ours nor its first or last address.</summary>
    public bool IsUsable(IpAddress address) =>
        address.IsV4 && ((address.V4 ^ Server.V4) & Mask.V4) == 0 && address != Server && address != Dns && address != Router &&
        (PrefixLength >= 31 || (address.V4 != (Server.V4 & Mask.V4) && address != Broadcast));

    public bool IsInPool(IpAddress address) => address.V4 >= First.V4 && address.V4 <= Last.V4 && IsUsable(address);

    public static DhcpScope From(ref readonly NetworkRecord record)
    {
        bool leadsOut = (record.Flags & NetworkFlags.Nat) != 0;
        bool hasDns = (record.Flags & NetworkFlags.Dns) != 0;
        return new DhcpScope
        {
            Network = record.Name.ToString(),
            NetworkId = record.Id,
            Server = record.Gateway,
            PrefixLength = record.PrefixLength,
            First = record.PoolFirst,
            Last = record.PoolLast,
            Router = leadsOut ? record.Gateway : default,
            Dns = hasDns ? record.Dns : default,
            Domain = record.Domain.ToString(),
            Mtu = record.Mtu == 0 ? DefaultMtu : record.Mtu,
            LeaseSeconds = record.LeaseSeconds == 0 ? DefaultLeaseSeconds : record.LeaseSeconds,
        };
    }
}
