using System.Buffers.Binary;

namespace Weft.Wire;

/// <summary>Lays TCP options into memory of the caller, 40 bytes at most. An option that has no room is left out.</summary>
public ref struct TcpOptionWriter(Span<byte> room)
{
    public const int MaxBytes = TcpView.MaxSize - TcpView.Size;

    private readonly Span<byte> _room = room.Length > MaxBytes ? room[..MaxBytes] : room;
    private int _length;

    /// <summary>The options so far; a multiple of four bytes after <see cref="Pad"/>.</summary>
    public readonly ReadOnlySpan<byte> Written => _room[.._length];

    public void MaximumSegmentSize(ushort bytes)
    {
        if (TryOpen(TcpOptionKind.MaximumSegmentSize, 2, out Span<byte> value))
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, bytes);
        }
    }

    public void WindowScale(byte shift)
    {
        if (TryOpen(TcpOptionKind.WindowScale, 1, out Span<byte> value))
        {
            value[0] = shift;
        }
    }

    public void SackPermitted() => TryOpen(TcpOptionKind.SackPermitted, 0, out _);

    public void Timestamps(uint value, uint echo)
    {
        if (TryOpen(TcpOptionKind.Timestamps, 8, out Span<byte> at))
        {
            BinaryPrimitives.WriteUInt32BigEndian(at, value);
            BinaryPrimitives.WriteUInt32BigEndian(at[4..], echo);
        }
    }

    /// <summary>As many of the blocks as fit, in the order given (most recent first, RFC 2018 §4).</summary>
    public void Sack(ReadOnlySpan<SackBlock> blocks)
    {
        int count = Math.Min(blocks.Length, (_room.Length - _length - 2) / 8);
        if (count <= 0 || !TryOpen(TcpOptionKind.Sack, 8 * count, out Span<byte> at))
        {
            return;
        }
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(at[(8 * i)..], blocks[i].Left);
            BinaryPrimitives.WriteUInt32BigEndian(at[(8 * i + 4)..], blocks[i].Right);
        }
    }

    /// <summary>One no-operation: puts what follows on a four-byte boundary.</summary>
    public void NoOperation()
    {
        if (_length < _room.Length)
        {
            _room[_length++] = (byte)TcpOptionKind.NoOperation;
        }
    }

    /// <summary>Fills up with no-operations to a multiple of four bytes.</summary>
    public void Pad()
    {
        while (_length % 4 != 0 && _length < _room.Length)
        {
            NoOperation();
        }
    }

    private bool TryOpen(TcpOptionKind kind, int valueBytes, out Span<byte> value)
    {
        value = default;
        if (_length + 2 + valueBytes > _room.Length)
        {
            return false;
        }
        _room[_length] = (byte)kind;
        _room[_length + 1] = (byte)(2 + valueBytes);
        value = _room.Slice(_length + 2, valueBytes);
        _length += 2 + valueBytes;
        return true;
    }
}
