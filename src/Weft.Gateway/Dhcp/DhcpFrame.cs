using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>Writes a reply as a whole Ethernet frame: before it has an address, a client is reached by its MAC alone.</summary>
internal static unsafe class DhcpFrame
{
    /// <summary>Bytes that any frame fits into.</summary>
    public const int MaxSize = EthernetView.Size + EthernetView.TagSize + Ipv4View.Size + UdpView.Size + DhcpReply.MaxSize;

    private const ushort ServerPort = 67;

    public static int Write(byte* to, NetworkFacts facts, in DhcpReply reply, ReadOnlySpan<byte> payload, ushort vlan = 0)
    {
        int header = EthernetHeader.Write(to, reply.ToMac, facts.GatewayMac, EtherType.Ipv4, vlan);
        return header + GuestDatagram.Write(to + header, (facts.Gateway, ServerPort), (reply.To, reply.ToPort), payload);
    }
}
