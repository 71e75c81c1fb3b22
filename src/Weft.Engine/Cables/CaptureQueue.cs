using System.Runtime.InteropServices;

namespace Weft.Engine.Cables;

/// <summary>
/// A bounded ring of bytes between a lane, which writes whole blocks, and one other thread, which takes them to a file.
/// Neither waits for the other: each side owns one of the two positions and publishes it last.
/// </summary>
/// <remarks>Owner rule: <see cref="TryWrite"/> on the lane alone; <see cref="Waiting"/> and <see cref="Take"/> on one
/// other thread; <see cref="Dispose"/> after both have ended.</remarks>
public sealed unsafe class CaptureQueue : ICaptureSink, IDisposable
{
    public const int DefaultBytes = 4 << 20;

    private readonly byte* _ring;
    private readonly int _mask;
    private ulong _written;
    private ulong _taken;
    private bool _ended;

    /// <param name="bytes">A power of two.</param>
    public CaptureQueue(int bytes = DefaultBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(System.Numerics.BitOperations.PopCount((uint)bytes), 1, nameof(bytes));
        _ring = (byte*)NativeMemory.Alloc((nuint)bytes);
        _mask = bytes - 1;
    }

    /// <summary>Bytes that lie there and can be taken in one piece; empty when nothing waits.</summary>
    public ReadOnlySpan<byte> Waiting
    {
        get
        {
            int waiting = (int)(Volatile.Read(ref _written) - _taken);
            int start = (int)_taken & _mask;
            return new ReadOnlySpan<byte>(_ring + start, Math.Min(waiting, _mask + 1 - start));
        }
    }

    /// <summary>The lane has said that nothing comes any more; what lies here is all.</summary>
    public bool IsEnded => Volatile.Read(ref _ended);

    public void End() => Volatile.Write(ref _ended, true);

    public bool TryWrite(ReadOnlySpan<byte> block)
    {
        int used = (int)(_written - Volatile.Read(ref _taken));
        if (block.Length > _mask + 1 - used)
        {
            return false;
        }
        int start = (int)_written & _mask;
        int first = Math.Min(block.Length, _mask + 1 - start);
        block[..first].CopyTo(new Span<byte>(_ring + start, first));
        block[first..].CopyTo(new Span<byte>(_ring, block.Length - first));
        Volatile.Write(ref _written, _written + (uint)block.Length);
        return true;
    }

    /// <summary>Copies the first bytes that lie there without taking them; false when there are fewer.</summary>
    public bool TryPeek(Span<byte> to)
    {
        if ((int)(Volatile.Read(ref _written) - _taken) < to.Length)
        {
            return false;
        }
        int start = (int)_taken & _mask;
        int first = Math.Min(to.Length, _mask + 1 - start);
        new ReadOnlySpan<byte>(_ring + start, first).CopyTo(to);
        new ReadOnlySpan<byte>(_ring, to.Length - first).CopyTo(to[first..]);
        return true;
    }

    /// <summary>Gives back the first <paramref name="bytes"/> of <see cref="Waiting"/>.</summary>
    public void Take(int bytes) => Volatile.Write(ref _taken, _taken + (uint)bytes);

    public void Dispose() => NativeMemory.Free(_ring);
}
