using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>A TCP header (RFC 9293). After <see cref="TryParse"/> said true no accessor throws.</summary>
public readonly ref struct TcpView
{
    public const int SourcePortOffset = 0;
    public const int DestinationPortOffset = 2;
    public const int SequenceOffset = 4;
    public const int AcknowledgmentOffset = 8;
    public const int DataOffset = 12;
    public const int FlagsOffset = 13;
    public const int WindowOffset = 14;
    public const int ChecksumOffset = 16;
    public const int UrgentOffset = 18;

    /// <summary>Bytes of a header without options, and with the most that fit.</summary>
    public const int Size = 20;
    public const int MaxSize = 60;

    private readonly ReadOnlySpan<byte> _segment;

    private TcpView(ReadOnlySpan<byte> segment)
    {
        _segment = segment;
    }

    /// <summary>Takes the segment, or its first bytes with the whole header. False when cut short or when the data offset lies.</summary>
    public static bool TryParse(ReadOnlySpan<byte> segment, out TcpView view)
    {
        view = default;
        if (segment.Length < Size)
        {
            return false;
        }
        int headerLength = (segment[DataOffset] >> 4) * 4;
        if (headerLength < Size || headerLength > segment.Length)
        {
            return false;
        }
        view = new TcpView(segment);
        return true;
    }

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_segment[SourcePortOffset..]);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_segment[DestinationPortOffset..]);

    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_segment[SequenceOffset..]);

    public uint Acknowledgment => BinaryPrimitives.ReadUInt32BigEndian(_segment[AcknowledgmentOffset..]);

    public int HeaderLength => (_segment[DataOffset] >> 4) * 4;

    public TcpFlags Flags => (TcpFlags)_segment[FlagsOffset];

    /// <summary>As sent, not scaled.</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_segment[WindowOffset..]);

    public ushort ChecksumField => BinaryPrimitives.ReadUInt16BigEndian(_segment[ChecksumOffset..]);

    public ushort UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_segment[UrgentOffset..]);

    public ReadOnlySpan<byte> OptionBytes => _segment[Size..HeaderLength];

    /// <summary>The options one by one.</summary>
    public TcpOptionEnumerator GetEnumerator() => new(OptionBytes);

    /// <summary>The options that we know, in one value.</summary>
    public TcpOptions Options => TcpOptions.Parse(OptionBytes);

    /// <summary>The payload as far as its bytes are at hand.</summary>
    public ReadOnlySpan<byte> Payload => _segment[HeaderLength..];
}
