using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826). After <see cref="TryParse"/> said true no accessor throws.</summary>
public readonly ref struct ArpView
{
    public const int HardwareOffset = 0;
    public const int ProtocolOffset = 2;
    public const int HardwareSizeOffset = 4;
    public const int ProtocolSizeOffset = 5;
    public const int OperationOffset = 6;
    public const int SenderMacOffset = 8;
    public const int SenderIpOffset = 14;
    public const int TargetMacOffset = 18;
    public const int TargetIpOffset = 24;
    public const int Size = 28;

    public const ushort HardwareEthernet = 1;
    public const ushort Request = 1;
    public const ushort Reply = 2;

    private readonly ReadOnlySpan<byte> _packet;

    private ArpView(ReadOnlySpan<byte> packet)
    {
        _packet = packet;
    }

    /// <summary>False when cut short or not IPv4 over Ethernet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out ArpView view)
    {
        view = default;
        if (packet.Length < Size ||
            BinaryPrimitives.ReadUInt16BigEndian(packet) != HardwareEthernet ||
            BinaryPrimitives.ReadUInt16BigEndian(packet[ProtocolOffset..]) != EtherType.Ipv4 ||
            packet[HardwareSizeOffset] != MacAddress.Size ||
            packet[ProtocolSizeOffset] != 4)
        {
            return false;
        }
        view = new ArpView(packet[..Size]);
        return true;
    }

    public ushort Operation => BinaryPrimitives.ReadUInt16BigEndian(_packet[OperationOffset..]);

    public MacAddress SenderMac => MacAddress.Read(_packet[SenderMacOffset..]);

    public IpAddress SenderIp => IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(_packet[SenderIpOffset..]));

    public MacAddress TargetMac => MacAddress.Read(_packet[TargetMacOffset..]);

    public IpAddress TargetIp => IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(_packet[TargetIpOffset..]));
}
