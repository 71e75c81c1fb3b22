using System.Runtime.InteropServices;

namespace Weft.Engine;

/// <summary>
/// Up to 64 borrowed frames and the native memory that their heads and runs may use. One per lane, refilled by each poll.
/// </summary>
/// <remarks>
/// An endpoint fills it with <see cref="Add"/>; heads are either its own memory or <see cref="HeadOf"/> (headroom in front);
/// runs are taken by <see cref="RunsOf"/>. Nothing here outlives the turn.
/// </remarks>
public sealed unsafe class Burst : IDisposable
{
    public const int Capacity = 64;

    /// <summary>Bytes of a frame that are copied into a head: Ethernet, two VLAN tags, IPv6 with options, TCP with options.</summary>
    public const int HeadSize = 192;

    /// <summary>Runs one frame may have: 64 KiB in 4 KiB pages, and one for good measure.</summary>
    public const int RunsPerFrame = 18;

    private const int HeadStride = FrameRef.Headroom + HeadSize;

    private readonly FrameRef* _frames;
    private readonly byte* _heads;
    private readonly IoVec* _runs;
    private int _count;

    public Burst()
    {
        _frames = (FrameRef*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(FrameRef));
        _heads = (byte*)NativeMemory.AlignedAlloc(Capacity * HeadStride, 64);
        _runs = (IoVec*)NativeMemory.AllocZeroed(Capacity * RunsPerFrame, (nuint)sizeof(IoVec));
    }

    public int Count => _count;

    public bool IsFull => _count == Capacity;

    /// <summary>Set in each poll by an endpoint whose peer cuts what it sends: neighbours may be pieces of one segment (<see cref="Coalescer"/>).</summary>
    public bool IsCut { get; set; }

    /// <summary>The frames lent in this poll, in order of arrival.</summary>
    public Span<FrameRef> Frames => new(_frames, _count);

    public ref FrameRef this[int index] => ref _frames[index];

    /// <summary>Lane memory for the head of frame <paramref name="index"/>: <see cref="HeadSize"/> bytes, headroom in front.</summary>
    public byte* HeadOf(int index) => _heads + index * HeadStride + FrameRef.Headroom;

    /// <summary>Lane memory for <see cref="RunsPerFrame"/> runs of frame <paramref name="index"/>.</summary>
    public IoVec* RunsOf(int index) => _runs + index * RunsPerFrame;

    /// <summary>Adds an empty frame and returns it for filling; the caller has checked <see cref="IsFull"/>.</summary>
    public ref FrameRef Add()
    {
        ref FrameRef frame = ref _frames[_count++];
        frame = default;
        return ref frame;
    }

    /// <summary>Takes back the frame added last.</summary>
    public void RemoveLast() => _count--;

    /// <summary>Frames at the end that nobody took: their endpoint's Release leaves them with the peer.</summary>
    public int HeldBack { get; private set; }

    /// <summary>Leaves the last <paramref name="frames"/> with the peer, to be polled again. The endpoint can do that
    /// (<see cref="IMemoryQueue.CanHold"/>).</summary>
    public void HoldBack(int frames) => HeldBack = frames;

    public void Clear()
    {
        _count = 0;
        IsCut = false;
        HeldBack = 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_frames);
        NativeMemory.AlignedFree(_heads);
        NativeMemory.Free(_runs);
    }
}
