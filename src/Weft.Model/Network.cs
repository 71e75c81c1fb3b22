using System.Net;

namespace Weft.Model;

/// <summary>One network as its owner declares it.</summary>
public sealed record Network
{
    public const int DefaultMtu = 1500;
    public const int MinMtu = 576;
    public const int MaxMtu = 65520;
    public const int DefaultLeaseSeconds = 3600;

    /// <summary>Of <see cref="StaticName.MostAddresses"/> each they fill half of the table that the router finds names in; the other half is
    /// the guests'.</summary>
    public const int MostNames = 256;

    public required string Name { get; init; }

    public required NetworkMode Mode { get; init; }

    /// <summary>Null: picked free of the host's routes (nat-network, internal with DHCP) or by slot (nat).</summary>
    public IPNetwork? Subnet { get; init; }

    public bool Dhcp { get; init; }

    /// <summary>Seconds that a lease lasts.</summary>
    public int LeaseSeconds { get; init; } = DefaultLeaseSeconds;

    /// <summary>First and last address that DHCP gives away; null: from .15 to the last one.</summary>
    public AddressRange? Pool { get; init; }

    /// <summary>The gateway answers DNS and DHCP names it.</summary>
    public bool Dns { get; init; }

    /// <summary>What it answers besides its guests' names, in order of name.</summary>
    public Items<StaticName> Names { get; init; } = [];

    /// <summary>Guests reach the host's loopback at the gateway's address.</summary>
    public bool HostLoopback { get; init; }

    /// <summary>Bytes of an IP packet.</summary>
    public int Mtu { get; init; } = DefaultMtu;

    /// <summary>How the worker waits for its guests.</summary>
    public Polling Polling { get; init; }

    /// <summary>Address of the host that outbound sockets are bound to; null: the host's choice.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>False: it keeps its definition and its NICs, and moves no frame; its forwards are closed.</summary>
    public bool Started { get; init; } = true;

    /// <summary>Takes <see cref="Subnet"/> though the host has a route into it.</summary>
    public bool Force { get; init; }

    /// <summary>A network with what its mode gives by default.</summary>
    public static Network Of(string name, NetworkMode mode)
    {
        bool translated = mode != NetworkMode.Internal;
        return new Network { Name = name, Mode = mode, Dhcp = translated, Dns = translated, HostLoopback = translated };
    }
}
