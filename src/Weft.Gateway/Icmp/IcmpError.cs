using Weft.Wire;

namespace Weft.Gateway.Icmp;

/// <summary>
/// Theory. ICMP errors toward guests (RFC 792; RFC 1122 §3.2.2; RFC 1812 §4.3.2). None is ever sent about: an ICMP error, a
/// later fragment, a packet to or from a broadcast, multicast, loopback or zero address, a frame whose Ethernet destination
/// was a group. The offending packet is quoted from its IP header on, as far as its head is at hand, up to 576 bytes in all.
/// </summary>
internal static unsafe class IcmpError
{
    /// <summary>Largest error, IP header included (RFC 1812 §4.3.2.3).</summary>
    public const int MaxSize = 576;

    private const int MaxQuote = MaxSize - Ipv4View.Size - IcmpView.Size;

    /// <summary>TOS of errors: precedence 6, internetwork control (RFC 1812 §4.3.2.5).</summary>
    private const byte Precedence = 0xc0;

    /// <summary>Whether an error about <paramref name="offending"/> (from its IP header on) may be sent at all.</summary>
    public static bool IsAllowed(NetworkFacts facts, ReadOnlySpan<byte> offending, MacAddress frameDestination)
    {
        if (frameDestination.IsGroup || !Ipv4View.TryParse(offending, int.MaxValue, out Ipv4View ip) || ip.FragmentStart != 0)
        {
            return false;
        }
        return IsUnicast(facts, ip.Source) && IsUnicast(facts, ip.Destination) && !IsIcmpError(in ip);
    }

    /// <summary>Writes the error's IP packet and returns its bytes (0: no IPv4 header); the caller has asked <see cref="IsAllowed"/>.</summary>
    /// <param name="to">Room for <see cref="MaxSize"/> bytes.</param>
    /// <param name="offending">The head of the packet, from its IP header on, with at least that header.</param>
    /// <param name="info">Next-hop MTU for "fragmentation needed" (RFC 1191 §4), else 0.</param>
    public static int Write(byte* to, IpAddress from, ReadOnlySpan<byte> offending, byte type, byte code, ushort info = 0)
    {
        if (!Ipv4View.TryParse(offending, int.MaxValue, out Ipv4View ip))
        {
            return 0;
        }
        int quote = Math.Min(Math.Min(offending.Length, ip.TotalLength), MaxQuote);
        int length = Ipv4View.Size + IcmpView.Size + quote;
        byte* message = to + Ipv4View.Size;
        IcmpHeader.Write(message, type, code, info);
        offending[..quote].CopyTo(new Span<byte>(message + IcmpView.Size, quote));
        IcmpHeader.Complete(message, IcmpView.Size + quote);
        Ipv4Header.Write(to, new Ipv4Fields(from, ip.Source, IpProtocol.Icmp, length) { Service = Precedence, Fragment = 0 });
        return length;
    }

    private static bool IsUnicast(NetworkFacts facts, IpAddress address) =>
        !address.IsMulticast && !address.IsLoopback && address.V4 >> 24 != 0 && address.V4 >> 28 != 0xf && !facts.IsSubnetBroadcast(address);

    /// <summary>Anything but the queries counts as an error; unknown types too, to be safe against loops.</summary>
    private static bool IsIcmpError(ref readonly Ipv4View ip)
    {
        if (ip.Protocol != IpProtocol.Icmp)
        {
            return false;
        }
        return ip.Payload.IsEmpty || ip.Payload[IcmpView.TypeOffset] is not (IcmpView.EchoRequest or IcmpView.EchoReply or 13 or 14);
    }
}
