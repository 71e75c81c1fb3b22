namespace Weft.Wire;

/// <summary>Ethernet types that are parsed here (IEEE 802 numbers), in host order.</summary>
public static class EtherType
{
    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort Vlan = 0x8100;
    public const ushort Ipv6 = 0x86dd;
    public const ushort ServiceVlan = 0x88a8;

    /// <summary>The type of a VLAN tag: customer (802.1Q) or service (802.1ad).</summary>
    public static bool IsTag(ushort type) => type is Vlan or ServiceVlan;
}
