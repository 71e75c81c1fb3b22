using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Engine;

/// <summary>An endpoint in memory: lends the frames a test queued, keeps copies of those delivered. Frames longer than a head
/// come in runs of odd lengths, so that nobody relies on one piece.</summary>
internal sealed unsafe class FakeEndpoint : IEndpoint
{
    private readonly Queue<(byte[] Bytes, Offload Offload)> _waiting = new();
    private readonly List<nint> _lent = [];

    public EndpointCaps Caps { get; set; } = new(65_550, EndpointOffloads.All);

    public int Room { get; set; } = Burst.Capacity;

    /// <summary>False: delivered frames are counted, not copied (for tests that count allocations).</summary>
    public bool Keeps { get; set; } = true;

    /// <summary>Says of what it lends that its peer cuts.</summary>
    public bool IsCut { get; set; }

    /// <summary>Lends heads where they arrived, their rest behind them, as a receive arena does.</summary>
    public bool LendsInPlace { get; set; }

    public List<(byte[] Bytes, Offload Offload)> Delivered { get; } = [];

    /// <summary>Frames in each call of <see cref="Deliver"/>.</summary>
    public List<int> Calls { get; } = [];

    private long _deliveredCount;

    public long DeliveredCount => Volatile.Read(ref _deliveredCount);

    /// <summary>The next call of <see cref="Deliver"/> counts its frames as dropped.</summary>
    public (DropReason Reason, CounterMemory Counters)? DropNext { get; set; }

    public bool IsDisposed { get; private set; }

    public void Queue(byte[] frame, Offload offload = default) => _waiting.Enqueue((frame, offload));

    public bool Poll(Burst burst)
    {
        burst.IsCut = IsCut;
        while (!burst.IsFull && _waiting.TryDequeue(out (byte[] Bytes, Offload Offload) next))
        {
            byte* memory = (byte*)NativeMemory.Alloc((nuint)next.Bytes.Length + 1);
            _lent.Add((nint)memory);
            next.Bytes.CopyTo(new Span<byte>(memory, next.Bytes.Length));
            int index = burst.Count;
            Fill(ref burst.Add(), memory, next.Bytes.Length, LendsInPlace ? (nint)memory : (nint)burst.HeadOf(index), burst.RunsOf(index));
            burst[index].Offload = next.Offload;
        }
        return _waiting.Count > 0;
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        if (DropNext is var (reason, counters))
        {
            counters.At->Drop(reason, (ulong)frames.Length);
            DropNext = null;
            return;
        }
        Volatile.Write(ref _deliveredCount, _deliveredCount + frames.Length);
        if (!Keeps)
        {
            return;
        }
        Calls.Add(frames.Length);
        foreach (ref readonly FrameRef frame in frames)
        {
            byte[] copy = new byte[frame.Length];
            fixed (byte* at = copy)
            {
                frame.CopyTo(at);
            }
            Delivered.Add((copy, frame.Offload));
        }
    }

    public void Release(Burst burst)
    {
        foreach (nint memory in _lent)
        {
            NativeMemory.Free((void*)memory);
        }
        _lent.Clear();
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>Head copy and runs of 4001 bytes over what lies in <paramref name="memory"/>.</summary>
    private static void Fill(ref FrameRef frame, byte* memory, int length, nint head, IoVec* runs)
    {
        const int runLength = 4001;
        frame.Length = length;
        frame.Head = (byte*)head;
        frame.HeadLength = Math.Min(length, Burst.HeadSize);
        frame.Rest = runs;
        Buffer.MemoryCopy(memory, frame.Head, Burst.HeadSize, frame.HeadLength);
        for (int at = frame.HeadLength; at < length; at += runLength)
        {
            runs[frame.RestCount++] = new IoVec(memory + at, (nuint)Math.Min(runLength, length - at));
        }
    }
}
