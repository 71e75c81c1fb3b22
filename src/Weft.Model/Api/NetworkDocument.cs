namespace Weft.Model.Api;

/// <summary>One network as it runs; each router of a nat NIC is one.</summary>
public sealed record NetworkDocument
{
    public required string Name { get; init; }

    public required string Mode { get; init; }

    public string? Subnet { get; init; }

    public string? Gateway { get; init; }

    public DhcpDocument? Dhcp { get; init; }

    /// <summary>Resolvers of the host that names are asked of; null: the network has no name service.</summary>
    public string[]? DnsUpstreams { get; init; }

    public bool HostLoopback { get; init; }

    public int Mtu { get; init; }

    public ForwardDocument[] Forwards { get; init; } = [];

    /// <summary>Bits per second from the guests.</summary>
    public double BitsUp { get; init; }

    /// <summary>Bits per second to the guests.</summary>
    public double BitsDown { get; init; }

    public PortDocument[] Ports { get; init; } = [];

    /// <summary>What the gateway dropped, by reason: those that happened.</summary>
    public SortedDictionary<string, long> DropsByReason { get; init; } = [];
}
