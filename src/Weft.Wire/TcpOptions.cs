using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>The known options of one TCP header as a value. Options with a wrong length count as absent.</summary>
public struct TcpOptions
{
    /// <summary>0 when absent.</summary>
    public ushort MaximumSegmentSize;

    /// <summary>Shift count, at most 14 (RFC 7323 §2.3); meaningful with <see cref="HasWindowScale"/>.</summary>
    public byte WindowScale;
    public bool HasWindowScale;
    public bool SackPermitted;
    public bool HasTimestamps;
    public uint TimestampValue;
    public uint TimestampEcho;

    /// <summary>Valid blocks in <see cref="Sacks"/>.</summary>
    public int SackCount;
    public SackBlocks Sacks;

    public static TcpOptions Parse(ReadOnlySpan<byte> bytes)
    {
        TcpOptions options = default;
        var walk = new TcpOptionEnumerator(bytes);
        while (walk.MoveNext())
        {
            options.Take(walk.Kind, walk.Value);
        }
        return options;
    }

    private void Take(TcpOptionKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case TcpOptionKind.MaximumSegmentSize when value.Length == 2:
                MaximumSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(value);
                break;
            case TcpOptionKind.WindowScale when value.Length == 1:
                HasWindowScale = true;
                WindowScale = Math.Min(value[0], (byte)14);
                break;
            case TcpOptionKind.SackPermitted when value.Length == 0:
                SackPermitted = true;
                break;
            case TcpOptionKind.Timestamps when value.Length == 8:
                HasTimestamps = true;
                TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(value);
                TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
                break;
            case TcpOptionKind.Sack when value.Length % 8 == 0:
                TakeSacks(value);
                break;
        }
    }

    private void TakeSacks(ReadOnlySpan<byte> value)
    {
        SackCount = 0;
        while (value.Length >= 8 && SackCount < SackBlocks.Capacity)
        {
            Sacks[SackCount++] = new SackBlock(BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..]));
            value = value[8..];
        }
    }
}
