namespace Weft.Wire;

/// <summary>Writes ARP packets for IPv4 over Ethernet.</summary>
public static unsafe class ArpHeader
{
    /// <summary>Writes <see cref="ArpView.Size"/> bytes and returns that.</summary>
    /// <param name="operation"><see cref="ArpView.Request"/> or <see cref="ArpView.Reply"/>.</param>
    public static int Write(byte* at, ushort operation, (MacAddress Mac, IpAddress Ip) sender, (MacAddress Mac, IpAddress Ip) target)
    {
        NetworkOrder.Write16(at + ArpView.HardwareOffset, ArpView.HardwareEthernet);
        NetworkOrder.Write16(at + ArpView.ProtocolOffset, EtherType.Ipv4);
        at[ArpView.HardwareSizeOffset] = MacAddress.Size;
        at[ArpView.ProtocolSizeOffset] = 4;
        NetworkOrder.Write16(at + ArpView.OperationOffset, operation);
        sender.Mac.Write(at + ArpView.SenderMacOffset);
        sender.Ip.WriteV4(at + ArpView.SenderIpOffset);
        target.Mac.Write(at + ArpView.TargetMacOffset);
        target.Ip.WriteV4(at + ArpView.TargetIpOffset);
        return ArpView.Size;
    }
}
