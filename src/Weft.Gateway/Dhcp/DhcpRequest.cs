using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>One client message as it came in.</summary>
internal readonly ref struct DhcpRequest
{
    /// <summary>The payload of the datagram to port 67.</summary>
    public required ReadOnlySpan<byte> Message { get; init; }

    /// <summary>Source of the Ethernet frame: the client, or its relay.</summary>
    public required MacAddress Source { get; init; }

    /// <summary>The port that it came in at, for the bound on addresses per port; 0 = not known.</summary>
    public ulong Port { get; init; }

    public required LeaseTime Now { get; init; }
}
