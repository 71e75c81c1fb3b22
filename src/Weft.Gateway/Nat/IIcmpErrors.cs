using Weft.Wire;

namespace Weft.Gateway.Nat;

/// <summary>Sends ICMP errors to guests, where one may be sent at all and within the limits of rate (RFC 1812 §4.3.2).</summary>
internal interface IIcmpErrors
{
    /// <param name="from">Who says so: a router on the way, the destination, or the gateway.</param>
    /// <param name="offending">The packet as the guest sent it, from its IP header on, as far as it is at hand.</param>
    /// <param name="info">Next-hop MTU for "fragmentation needed", else 0.</param>
    void Send(IpAddress from, ReadOnlySpan<byte> offending, byte type, byte code, ushort info);
}
