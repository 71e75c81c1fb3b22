namespace Weft.Wire;

/// <summary>
/// A number that is the same for every frame of a flow, either direction: what spreads flows over queues. From addresses and
/// ports where there are some, else from the MAC addresses. Not for tables that a guest could fill with collisions.
/// </summary>
public static unsafe class FlowHash
{
    private const uint Factor = 0x9e37_79b1;

    /// <param name="head">A frame's first bytes, <paramref name="length"/> of them; any bytes will do.</param>
    public static uint Of(byte* head, int length)
    {
        if (length < EthernetView.Size)
        {
            return 0;
        }
        int at = EthernetView.Size;
        ushort type = NetworkOrder.Read16(head + at - 2);
        while (type is 0x8100 or 0x88a8 && length >= at + EthernetView.TagSize)
        {
            at += EthernetView.TagSize;
            type = NetworkOrder.Read16(head + at - 2);
        }
        uint sum = type switch
        {
            EtherType.Ipv4 when length >= at + Ipv4View.Size => OfIpv4(head + at, length - at),
            EtherType.Ipv6 when length >= at + Ipv6View.Size => OfIpv6(head + at, length - at),
            _ => NetworkOrder.Read32(head + 2) ^ NetworkOrder.Read32(head + 8),
        };
        sum *= Factor;
        return sum ^ (sum >> 15);
    }

    private static uint OfIpv4(byte* ip, int length)
    {
        uint sum = NetworkOrder.Read32(ip + 12) ^ NetworkOrder.Read32(ip + 16);
        int header = (ip[0] & 15) * 4;
        bool isFragment = (NetworkOrder.Read16(ip + 6) & 0x3fff) != 0;
        return isFragment ? sum : sum ^ OfPorts(ip[9], ip + header, length - header);
    }

    private static uint OfIpv6(byte* ip, int length)
    {
        uint sum = 0;
        for (int i = 8; i < Ipv6View.Size; i += 4)
        {
            sum ^= NetworkOrder.Read32(ip + i);
        }
        return sum ^ OfPorts(ip[6], ip + Ipv6View.Size, length - Ipv6View.Size);
    }

    private static uint OfPorts(byte protocol, byte* transport, int length) =>
        protocol is 6 or 17 && length >= 4 ? (uint)(NetworkOrder.Read16(transport) ^ NetworkOrder.Read16(transport + 2)) : 0;
}
