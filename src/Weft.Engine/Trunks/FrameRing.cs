using System.Runtime.InteropServices;

namespace Weft.Engine.Trunks;

/// <summary>
/// Theory. Frames from one thread to one other, by copy. Two rings: slots that say where a frame lies, and the bytes, each
/// frame in one piece with headroom in front. Both positions only grow; a slot names the end of its bytes, so freeing
/// slots frees bytes, and the two threads share nothing but the two positions of the slots, each on a cache line of its own.
/// Each side can leave word that it waits: the reader for frames, the writer for room. Who changes a position looks
/// for that word behind a full fence, and who leaves it looks at the position behind one: one of the two sees the other.
/// </summary>
internal sealed unsafe class FrameRing : IDisposable
{
    public const int Slots = 1024;
    public const int Bytes = 512 * 1024;

    private const int LineSize = 128;
    private const int Alignment = 64;

    private readonly Shared* _shared = (Shared*)NativeMemory.AlignedAlloc((nuint)sizeof(Shared), LineSize);
    private readonly Slot* _slots = (Slot*)NativeMemory.AlignedAlloc((nuint)(Slots * sizeof(Slot)), Alignment);
    private readonly byte* _bytes = (byte*)NativeMemory.AlignedAlloc(Bytes, 4096);

    // The writer's own.
    private ulong _tail;
    private ulong _bytesTail;
    private ulong _knownHead;
    private ulong _bytesHead;

    // The reader's own.
    private ulong _head;

    public FrameRing() => *_shared = default;

    /// <summary>Frames of up to <paramref name="length"/> bytes that would find room now. For the writer.</summary>
    public int RoomFor(int length)
    {
        SeeHead();
        ulong bytes = (Bytes - (_bytesTail - _bytesHead)) / SizeOf(length);
        // What does not fit in front of the end of the ring goes to its start: one frame less.
        return (int)Math.Min(Slots - (_tail - _knownHead), bytes == 0 ? 0 : bytes - 1);
    }

    /// <summary>Copies a frame in; false without room. It is seen after <see cref="Publish"/>.</summary>
    public bool TryPut(in FrameRef frame)
    {
        ulong size = SizeOf(frame.Length);
        ulong at = _bytesTail % Bytes;
        ulong skipped = at + size > Bytes ? Bytes - at : 0;
        if (!Fits(skipped + size))
        {
            SeeHead();
            if (!Fits(skipped + size))
            {
                return false;
            }
        }
        ulong start = (at + skipped) % Bytes;
        frame.CopyTo(_bytes + start + FrameRef.Headroom);
        _bytesTail += skipped + size;
        ref Slot slot = ref _slots[_tail++ % Slots];
        slot.End = _bytesTail;
        slot.Start = (uint)start;
        slot.Length = frame.Length;
        slot.Offload = frame.Offload;
        return true;
    }

    /// <summary>Shows the reader what was put. True when it waits and has to be told.</summary>
    public bool Publish()
    {
        Volatile.Write(ref _shared->Tail, _tail);
        Interlocked.MemoryBarrier();
        return _shared->ReaderWaits != 0 && Interlocked.Exchange(ref _shared->ReaderWaits, 0) != 0;
    }

    /// <summary>The writer waits for room. False when some came since it looked last.</summary>
    public bool AwaitRoom()
    {
        ulong known = _knownHead;
        Volatile.Write(ref _shared->WriterWaits, 1);
        Interlocked.MemoryBarrier();
        SeeHead();
        return _knownHead == known;
    }

    /// <summary>True while a published frame has not been freed. For the reader.</summary>
    public bool HasFrames => Volatile.Read(ref _shared->Tail) != _head;

    /// <summary>Lends published frames, as many as the burst takes. True when there are more.</summary>
    public bool Lend(Burst burst)
    {
        ulong tail = Volatile.Read(ref _shared->Tail);
        ulong at = _head;
        for (; at != tail && !burst.IsFull; at++)
        {
            ref Slot slot = ref _slots[at % Slots];
            byte* start = _bytes + slot.Start + FrameRef.Headroom;
            int index = burst.Count;
            ref FrameRef frame = ref burst.Add();
            frame.Head = start;
            frame.HeadLength = Math.Min(slot.Length, Burst.HeadSize);
            frame.Length = slot.Length;
            frame.Offload = slot.Offload;
            if (slot.Length > Burst.HeadSize)
            {
                frame.Rest = burst.RunsOf(index);
                frame.Rest[0] = new IoVec(start + Burst.HeadSize, (nuint)(slot.Length - Burst.HeadSize));
                frame.RestCount = 1;
            }
        }
        return at != tail;
    }

    /// <summary>Gives back the first of the frames that were lent. True when the writer waits for room and has to be told.</summary>
    public bool Free(int frames)
    {
        if (frames == 0)
        {
            return false;
        }
        _head += (uint)frames;
        Volatile.Write(ref _shared->Head, _head);
        Interlocked.MemoryBarrier();
        return _shared->WriterWaits != 0 && Interlocked.Exchange(ref _shared->WriterWaits, 0) != 0;
    }

    /// <summary>The reader waits for frames. False when there are some.</summary>
    public bool AwaitFrames()
    {
        Volatile.Write(ref _shared->ReaderWaits, 1);
        Interlocked.MemoryBarrier();
        return !HasFrames;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_shared);
        NativeMemory.AlignedFree(_slots);
        NativeMemory.AlignedFree(_bytes);
    }

    private bool Fits(ulong bytes) => _tail - _knownHead < Slots && _bytesTail + bytes - _bytesHead <= Bytes;

    /// <summary>Where the reader stands now, and which bytes that frees.</summary>
    private void SeeHead()
    {
        ulong head = Volatile.Read(ref _shared->Head);
        if (head != _knownHead)
        {
            _knownHead = head;
            _bytesHead = _slots[(head - 1) % Slots].End;
        }
    }

    private static ulong SizeOf(int length) => (ulong)(FrameRef.Headroom + length + Alignment - 1) & ~(ulong)(Alignment - 1);

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        /// <summary>Position in the bytes behind this frame.</summary>
        public ulong End;
        public uint Start;
        public int Length;
        public Wire.Offload Offload;
    }

    /// <summary>A line for each, and the neighbour that the processor fetches along.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 4 * LineSize)]
    private struct Shared
    {
        [FieldOffset(0)] public ulong Tail;
        [FieldOffset(LineSize)] public ulong Head;
        [FieldOffset(2 * LineSize)] public int ReaderWaits;
        [FieldOffset(3 * LineSize)] public int WriterWaits;
    }
}
