namespace Weft.Tests.Simulation;

/// <summary>Bytes in order, with a bound: a kernel's socket buffer.</summary>
internal sealed class ByteQueue(int capacity)
{
    private byte[] _ring = new byte[Math.Min(capacity, 4096)];
    private int _start;

    public int Length { get; private set; }

    public int Capacity { get; set; } = capacity;

    public int Room => Math.Max(0, Capacity - Length);

    /// <summary>Appends what fits and returns how much that was.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Room);
        Grow(Length + count);
        int end = (_start + Length) % _ring.Length;
        int first = Math.Min(count, _ring.Length - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..count].CopyTo(_ring);
        Length += count;
        return count;
    }

    /// <summary>Copies from <paramref name="offset"/> on without consuming; returns how much there was.</summary>
    public int Copy(int offset, Span<byte> to)
    {
        int count = Math.Clamp(Length - offset, 0, to.Length);
        int from = (_start + offset) % _ring.Length;
        int first = Math.Min(count, _ring.Length - from);
        _ring.AsSpan(from, first).CopyTo(to);
        _ring.AsSpan(0, count - first).CopyTo(to[first..]);
        return count;
    }

    public void Discard(int count)
    {
        _start = (_start + count) % _ring.Length;
        Length -= count;
    }

    public byte[] Take(int count)
    {
        byte[] bytes = new byte[Math.Min(count, Length)];
        Copy(0, bytes);
        Discard(bytes.Length);
        return bytes;
    }

    public void Clear() => Length = 0;

    private void Grow(int needed)
    {
        if (needed <= _ring.Length)
        {
            return;
        }
        byte[] larger = new byte[Math.Max(needed, Math.Min(Capacity, _ring.Length * 2))];
        Copy(0, larger);
        _ring = larger;
        _start = 0;
    }
}
