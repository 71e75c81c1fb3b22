using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>A UDP header (RFC 768). After <see cref="TryParse"/> said true no accessor throws.</summary>
public readonly ref struct UdpView
{
    public const int SourcePortOffset = 0;
    public const int DestinationPortOffset = 2;
    public const int LengthOffset = 4;
    public const int ChecksumOffset = 6;
    public const int Size = 8;

    private readonly ReadOnlySpan<byte> _datagram;

    private UdpView(ReadOnlySpan<byte> datagram)
    {
        _datagram = datagram;
    }

    /// <summary>False when cut short or when the length field lies.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out UdpView view)
    {
        view = default;
        if (datagram.Length < Size)
        {
            return false;
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[LengthOffset..]);
        if (length < Size || length > datagram.Length)
        {
            return false;
        }
        view = new UdpView(datagram[..length]);
        return true;
    }

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_datagram[SourcePortOffset..]);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_datagram[DestinationPortOffset..]);

    /// <summary>Bytes of header and payload.</summary>
    public int Length => _datagram.Length;

    /// <summary>0: the sender made none (IPv4 only).</summary>
    public ushort ChecksumField => BinaryPrimitives.ReadUInt16BigEndian(_datagram[ChecksumOffset..]);

    public ReadOnlySpan<byte> Payload => _datagram[Size..];
}
