using Weft.Wire;

namespace Weft.Gateway.Arp;

/// <summary>Writes whole Ethernet frames that carry ARP.</summary>
internal static unsafe class ArpFrame
{
    /// <summary>Bytes that a frame may take, VLAN tag included.</summary>
    public const int MaxSize = EthernetView.Size + EthernetView.TagSize + ArpView.Size;

    /// <summary>"Who has <paramref name="target"/>? Tell the gateway." To everybody.</summary>
    public static int WriteRequest(byte* to, NetworkFacts facts, IpAddress target, ushort vlan = 0) =>
        Write(to, MacAddress.Broadcast, vlan, ArpView.Request, (facts.GatewayMac, facts.Gateway), (default, target));

    /// <summary>"<paramref name="address"/> is at the gateway." To the one who asked.</summary>
    public static int WriteReply(byte* to, NetworkFacts facts, IpAddress address, (MacAddress Mac, IpAddress Ip) asker, ushort vlan) =>
        Write(to, asker.Mac, vlan, ArpView.Reply, (facts.GatewayMac, address), asker);

    /// <summary>An announcement (RFC 5227 §2.3): a request for our own address, to everybody.</summary>
    public static int WriteAnnouncement(byte* to, NetworkFacts facts, IpAddress address, ushort vlan = 0) =>
        Write(to, MacAddress.Broadcast, vlan, ArpView.Request, (facts.GatewayMac, address), (default, address));

    private static int Write(byte* to, MacAddress destination, ushort vlan, ushort operation, (MacAddress Mac, IpAddress Ip) sender,
        (MacAddress Mac, IpAddress Ip) target)
    {
        int header = EthernetHeader.Write(to, destination, sender.Mac, EtherType.Arp, vlan);
        return header + ArpHeader.Write(to + header, operation, sender, target);
    }
}
