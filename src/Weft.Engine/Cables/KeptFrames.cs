using System.Runtime.InteropServices;

namespace Weft.Engine.Cables;

/// <summary>
/// A bounded store of frames in memory of its own: who keeps a frame beyond its turn copies it here.
/// Places are as long as the longest frame but only pages in use cost memory; the place freed last is used first.
/// </summary>
internal sealed unsafe class KeptFrames : IDisposable
{
    private readonly nuint _stride;
    private readonly byte* _memory;
    private readonly int[] _lengths;
    private readonly int[] _free;
    private int _freeCount;

    public KeptFrames(int capacity, int longestFrame)
    {
        _stride = (nuint)(FrameRef.Headroom + longestFrame + 63) & ~(nuint)63;
        _memory = (byte*)NativeMemory.Alloc((nuint)capacity, _stride);
        _lengths = new int[capacity];
        _free = new int[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _free[_freeCount++] = capacity - 1 - i;
        }
        LongestFrame = longestFrame;
    }

    public int LongestFrame { get; }

    public int FreeCount => _freeCount;

    /// <summary>Copies the frame and returns its place; −1 when the store is full or the frame too long.</summary>
    public int Keep(in FrameRef frame)
    {
        if (_freeCount == 0 || frame.Length > LongestFrame)
        {
            return -1;
        }
        int place = _free[--_freeCount];
        _lengths[place] = frame.Length;
        frame.CopyTo(At(place));
        return place;
    }

    public Span<byte> Bytes(int place) => new(At(place), _lengths[place]);

    /// <summary>The kept frame, all of it head, nothing left to offload. Valid until <see cref="Free"/>.</summary>
    public FrameRef Lend(int place) => new() { Head = At(place), HeadLength = _lengths[place], Length = _lengths[place] };

    public void Free(int place) => _free[_freeCount++] = place;

    public void Dispose() => NativeMemory.Free(_memory);

    private byte* At(int place) => _memory + (nuint)place * _stride + FrameRef.Headroom;
}
