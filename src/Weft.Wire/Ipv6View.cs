using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>An IPv6 fixed header (RFC 8200 §3). After <see cref="TryParse(ReadOnlySpan{byte}, out Ipv6View)"/> said true no accessor throws.</summary>
public readonly ref struct Ipv6View
{
    public const int VersionOffset = 0;
    public const int PayloadLengthOffset = 4;
    public const int NextHeaderOffset = 6;
    public const int HopLimitOffset = 7;
    public const int SourceOffset = 8;
    public const int DestinationOffset = 24;
    public const int Size = 40;

    private readonly ReadOnlySpan<byte> _packet;

    private Ipv6View(ReadOnlySpan<byte> packet)
    {
        _packet = packet;
    }

    /// <summary>False when version or payload length do not fit the bytes present.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out Ipv6View view) => TryParse(packet, packet.Length, out view);

    /// <summary>As above for a packet whose first bytes only are at hand, of <paramref name="bytesPresent"/> in all (a frame's head).</summary>
    public static bool TryParse(ReadOnlySpan<byte> head, int bytesPresent, out Ipv6View view)
    {
        view = default;
        if (head.Length < Size || head[VersionOffset] >> 4 != 6)
        {
            return false;
        }
        int totalLength = Size + BinaryPrimitives.ReadUInt16BigEndian(head[PayloadLengthOffset..]);
        if (totalLength > bytesPresent)
        {
            return false;
        }
        view = new Ipv6View(head[..Math.Min(head.Length, totalLength)]);
        return true;
    }

    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_packet[PayloadLengthOffset..]);

    public byte NextHeader => _packet[NextHeaderOffset];

    public byte HopLimit => _packet[HopLimitOffset];

    public IpAddress Source => Address(SourceOffset);

    public IpAddress Destination => Address(DestinationOffset);

    /// <summary>Everything behind the fixed header as far as its bytes are at hand, without Ethernet padding.</summary>
    public ReadOnlySpan<byte> Payload => _packet[Size..];

    private IpAddress Address(int offset) => new(
        BinaryPrimitives.ReadUInt64BigEndian(_packet[offset..]), BinaryPrimitives.ReadUInt64BigEndian(_packet[(offset + 8)..]));
}
