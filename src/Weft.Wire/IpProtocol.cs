namespace Weft.Wire;

/// <summary>Values of the IPv4 protocol and IPv6 next-header fields.</summary>
public static class IpProtocol
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Ipv6Fragment = 44;
    public const byte IcmpV6 = 58;
}
