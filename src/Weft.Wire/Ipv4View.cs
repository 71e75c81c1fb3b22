using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>An IPv4 header (RFC 791). After <see cref="TryParse(ReadOnlySpan{byte}, out Ipv4View)"/> said true no accessor throws.</summary>
/// <remarks>Bytes behind the total length (Ethernet padding) are not part of the view.</remarks>
public readonly ref struct Ipv4View
{
    public const int VersionOffset = 0;
    public const int ServiceOffset = 1;
    public const int TotalLengthOffset = 2;
    public const int IdentificationOffset = 4;
    public const int FragmentOffset = 6;
    public const int TimeToLiveOffset = 8;
    public const int ProtocolOffset = 9;
    public const int ChecksumOffset = 10;
    public const int SourceOffset = 12;
    public const int DestinationOffset = 16;

    /// <summary>Bytes of a header without options, and with the most that fit.</summary>
    public const int Size = 20;
    public const int MaxSize = 60;

    public const ushort DontFragmentFlag = 0x4000;
    public const ushort MoreFragmentsFlag = 0x2000;
    public const ushort FragmentOffsetMask = 0x1fff;

    private readonly ReadOnlySpan<byte> _packet;

    private Ipv4View(ReadOnlySpan<byte> packet)
    {
        _packet = packet;
    }

    /// <summary>False when version, header length or total length do not fit the bytes present.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out Ipv4View view) => TryParse(packet, packet.Length, out view);

    /// <summary>As above for a packet whose first bytes only are at hand, of <paramref name="bytesPresent"/> in all (a frame's head).</summary>
    public static bool TryParse(ReadOnlySpan<byte> head, int bytesPresent, out Ipv4View view)
    {
        view = default;
        if (head.Length < Size || head[VersionOffset] >> 4 != 4)
        {
            return false;
        }
        int headerLength = (head[VersionOffset] & 15) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(head[TotalLengthOffset..]);
        if (headerLength < Size || headerLength > head.Length || totalLength < headerLength || totalLength > bytesPresent)
        {
            return false;
        }
        view = new Ipv4View(head[..Math.Min(head.Length, totalLength)]);
        return true;
    }

    public int HeaderLength => (_packet[VersionOffset] & 15) * 4;

    public byte Service => _packet[ServiceOffset];

    /// <summary>Bytes of header and payload by the header's word.</summary>
    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_packet[TotalLengthOffset..]);

    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_packet[IdentificationOffset..]);

    public bool DontFragment => (Fragment & DontFragmentFlag) != 0;

    public bool MoreFragments => (Fragment & MoreFragmentsFlag) != 0;

    /// <summary>Offset of this fragment's payload in bytes.</summary>
    public int FragmentStart => (Fragment & FragmentOffsetMask) * 8;

    /// <summary>Any fragment, the first one too.</summary>
    public bool IsFragment => (Fragment & (MoreFragmentsFlag | FragmentOffsetMask)) != 0;

    public byte TimeToLive => _packet[TimeToLiveOffset];

    public byte Protocol => _packet[ProtocolOffset];

    public ushort HeaderChecksum => BinaryPrimitives.ReadUInt16BigEndian(_packet[ChecksumOffset..]);

    public unsafe bool HeaderChecksumIsRight
    {
        get
        {
            fixed (byte* at = _packet)
            {
                return Checksum.IsRight(Checksum.Sum(at, HeaderLength));
            }
        }
    }

    public IpAddress Source => IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(_packet[SourceOffset..]));

    public IpAddress Destination => IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(_packet[DestinationOffset..]));

    public ReadOnlySpan<byte> Options => _packet[Size..HeaderLength];

    /// <summary>The payload as far as its bytes are at hand, without Ethernet padding.</summary>
    public ReadOnlySpan<byte> Payload => _packet[HeaderLength..];

    private ushort Fragment => BinaryPrimitives.ReadUInt16BigEndian(_packet[FragmentOffset..]);
}
