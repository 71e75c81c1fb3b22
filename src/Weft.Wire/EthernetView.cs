using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>An Ethernet header with up to two VLAN tags (IEEE 802.3, 802.1Q). After <see cref="TryParse"/> said true no accessor throws.</summary>
public readonly ref struct EthernetView
{
    public const int DestinationOffset = 0;
    public const int SourceOffset = 6;
    public const int TypeOffset = 12;

    /// <summary>Bytes of an untagged header.</summary>
    public const int Size = 14;
    public const int TagSize = 4;
    public const int MaxTags = 2;

    private const ushort VlanMask = 0x0fff;

    private readonly ReadOnlySpan<byte> _frame;

    private EthernetView(ReadOnlySpan<byte> frame, int headerLength)
    {
        _frame = frame;
        HeaderLength = headerLength;
    }

    /// <summary>False when header or tags are cut short.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out EthernetView view)
    {
        view = default;
        int length = Size;
        while (frame.Length >= length)
        {
            bool isTag = EtherType.IsTag(BinaryPrimitives.ReadUInt16BigEndian(frame[(length - 2)..]));
            if (!isTag || length == Size + MaxTags * TagSize)
            {
                view = new EthernetView(frame, length);
                return true;
            }
            length += TagSize;
        }
        return false;
    }

    public MacAddress Destination => MacAddress.Read(_frame[DestinationOffset..]);

    public MacAddress Source => MacAddress.Read(_frame[SourceOffset..]);

    /// <summary>Bytes of the header with its tags.</summary>
    public int HeaderLength { get; }

    public int TagCount => (HeaderLength - Size) / TagSize;

    /// <summary>VLAN id of the outer tag; 0 when untagged or only priority-tagged.</summary>
    public ushort Vlan => TagCount == 0 ? (ushort)0 : TagAt(0);

    /// <summary>VLAN id of the second tag; 0 when there is none.</summary>
    public ushort InnerVlan => TagCount < 2 ? (ushort)0 : TagAt(1);

    /// <summary>The type behind all tags.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_frame[(HeaderLength - 2)..]);

    public ReadOnlySpan<byte> Payload => _frame[HeaderLength..];

    private ushort TagAt(int index) => (ushort)(BinaryPrimitives.ReadUInt16BigEndian(_frame[(Size + index * TagSize)..]) & VlanMask);
}
