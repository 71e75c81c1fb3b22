namespace Weft.Wire;

/// <summary>Writes Ethernet headers.</summary>
public static unsafe class EthernetHeader
{
    /// <summary>Writes an untagged header, or one with a tag when <paramref name="vlan"/> is not 0. Returns its bytes: 14 or 18.</summary>
    public static int Write(byte* at, MacAddress destination, MacAddress source, ushort type, ushort vlan = 0)
    {
        destination.Write(at + EthernetView.DestinationOffset);
        source.Write(at + EthernetView.SourceOffset);
        if (vlan == 0)
        {
            NetworkOrder.Write16(at + EthernetView.TypeOffset, type);
            return EthernetView.Size;
        }
        NetworkOrder.Write16(at + EthernetView.TypeOffset, EtherType.Vlan);
        NetworkOrder.Write16(at + EthernetView.Size, vlan);
        NetworkOrder.Write16(at + EthernetView.Size + 2, type);
        return EthernetView.Size + EthernetView.TagSize;
    }
}
