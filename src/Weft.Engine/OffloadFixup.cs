using System.Runtime.InteropServices;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Engine;

/// <summary>
/// Theory. Offloads travel with a frame (virtio 1.2 §5.1.6): a checksum that is still to be completed, a TCP segment that is
/// still to be cut. Where a receiver takes them, they pass uncut; here is the one place that mends them where it does not:
///   1. nothing to mend in the burst (the common case): the borrowed span goes on as it is, nothing is copied
///   2. otherwise frames are laid out in order in memory of this lane, 64 at a time:
///      a frame that is taken as it is     is named again
///      an open checksum                   head copied, field completed (RFC 1071)
///      a TCP segment (OffloadFixup.Segments.cs)   one head per piece, payload lent from where it lies
/// The borrowed bytes are never written: a flooded frame is lent to others too. A mended head holds, as every head does,
/// the whole frame or <see cref="Burst.HeadSize"/> bytes; the rest stays where it arrived and is only read, for its sum.
/// What an offload header claims is checked against our own parse of the head: a lie drops the frame (BadOffload).
/// Bytes that change after they were summed make a wrong checksum, which the receiver drops: nobody else is hurt.
/// </summary>
public sealed unsafe partial class OffloadFixup : IDisposable
{
    /// <summary>Runs of a mended frame at most: those of the frame, and the end of a long head.</summary>
    private const int RunsPerFrame = Burst.RunsPerFrame + 1;
    private const int HeadStride = FrameRef.Headroom + Burst.HeadSize;

    /// <summary>Ethernet and IPv4 without options: no checksum can start before, so none can be made to cover addresses.</summary>
    private const int EarliestChecksumStart = EthernetView.Size + Ipv4View.Size;
    private const int LeastSegmentHeaders = EarliestChecksumStart + TcpView.Size;
    private const int MostSegmentedLength = EthernetView.Size + EthernetView.MaxTags * EthernetView.TagSize + Ipv6View.Size + ushort.MaxValue;

    private readonly FrameRef* _frames = (FrameRef*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(FrameRef));
    private readonly byte* _heads = (byte*)NativeMemory.AlignedAlloc(Burst.Capacity * HeadStride, 64);
    private readonly IoVec* _runs = (IoVec*)NativeMemory.AllocZeroed(Burst.Capacity * RunsPerFrame, (nuint)sizeof(IoVec));
    private IEndpoint? _plug;
    private EndpointCaps _caps;
    private int _count;
    private bool _isDisposed;

    /// <summary>Delivers <paramref name="frames"/> to <paramref name="plug"/> in order, mended where its caps ask for it.
    /// Drops are counted in <paramref name="counters"/>.</summary>
    public void Deliver(IEndpoint plug, ReadOnlySpan<FrameRef> frames, PortCounters* counters)
    {
        EndpointCaps caps = plug.Caps;
        int taken = 0;
        while (taken < frames.Length && IsTaken(in frames[taken], caps))
        {
            taken++;
        }
        if (taken == frames.Length)
        {
            plug.Deliver(frames);
            return;
        }
        if (taken > 0)
        {
            plug.Deliver(frames[..taken]);
        }
        _plug = plug;
        _caps = caps;
        Mend(frames[taken..], counters);
        _plug = null;
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        NativeMemory.Free(_frames);
        NativeMemory.AlignedFree(_heads);
        NativeMemory.Free(_runs);
    }

    /// <summary>The endpoint takes every frame with what its header asks for.</summary>
    public static bool TakesAll(ReadOnlySpan<FrameRef> frames, in EndpointCaps caps)
    {
        foreach (ref readonly FrameRef frame in frames)
        {
            if (!IsTaken(in frame, in caps))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The endpoint takes the frame with what its header asks for.</summary>
    private static bool IsTaken(in FrameRef frame, in EndpointCaps caps)
    {
        Offload offload = frame.Offload;
        if (offload.GsoType == Offload.GsoNone)
        {
            return frame.Length <= caps.MaxFrame &&
                ((offload.Flags & Offload.NeedsChecksum) == 0 || (caps.Offloads & EndpointOffloads.Checksum) != 0);
        }
        EndpointOffloads needed = (offload.GsoType & ~Offload.GsoEcn) switch
        {
            Offload.GsoTcpV4 => EndpointOffloads.TcpV4Segmentation | EndpointOffloads.Checksum,
            Offload.GsoTcpV6 => EndpointOffloads.TcpV6Segmentation | EndpointOffloads.Checksum,
            _ => EndpointOffloads.None,
        };
        return needed != EndpointOffloads.None && (caps.Offloads & needed) == needed && offload.GsoSize >= LeastSegmentSize &&
            offload.GsoSize + LeastSegmentHeaders <= caps.MaxFrame && frame.Length <= MostSegmentedLength;
    }

    private void Mend(ReadOnlySpan<FrameRef> frames, PortCounters* counters)
    {
        foreach (ref readonly FrameRef frame in frames)
        {
            DropReason reason = DropReason.None;
            if (IsTaken(in frame, _caps))
            {
                NextFrame() = frame;
            }
            else
            {
                reason = frame.Offload.GsoType == Offload.GsoNone ? CompleteChecksum(in frame) : CutIntoSegments(in frame);
            }
            if (reason != DropReason.None)
            {
                counters->Drop(reason);
            }
        }
        Flush();
    }

    private DropReason CompleteChecksum(in FrameRef frame)
    {
        if (frame.Length > _caps.MaxFrame)
        {
            return DropReason.Oversized;
        }
        int start = frame.Offload.ChecksumStart;
        int field = start + frame.Offload.ChecksumOffset;
        int inHead = Math.Min(frame.HeadLength, Burst.HeadSize);
        if (start < EarliestChecksumStart || field + 2 > inHead || frame.RestCount > Burst.RunsPerFrame)
        {
            return DropReason.BadOffload;
        }
        ref FrameRef mended = ref NextFrame();
        var pieces = new FramePieces(in frame);
        LayOut(ref mended, 0, frame.Length, ref pieces);
        StoreSum(mended.Head + field, SumFrom(in mended, start, 0));
        return DropReason.None;
    }

    /// <summary>An empty frame in lane memory; sends what is there first when all are in use.</summary>
    private ref FrameRef NextFrame()
    {
        if (_count == Burst.Capacity)
        {
            Flush();
        }
        ref FrameRef frame = ref _frames[_count];
        frame = default;
        frame.Head = _heads + _count * HeadStride + FrameRef.Headroom;
        frame.Rest = _runs + _count * RunsPerFrame;
        _count++;
        return ref frame;
    }

    private void Flush()
    {
        if (_count > 0)
        {
            _plug!.Deliver(new ReadOnlySpan<FrameRef>(_frames, _count));
            _count = 0;
        }
    }

    /// <summary>Puts <paramref name="bytes"/> from the pieces behind the first <paramref name="offset"/> bytes of the head:
    /// copied as far as the head goes, lent beyond.</summary>
    private static void LayOut(ref FrameRef frame, int offset, int bytes, ref FramePieces pieces)
    {
        frame.HeadLength = offset;
        frame.Length = offset;
        pieces.AddTo(ref frame, bytes);
    }

    /// <summary>Sum from offset <paramref name="start"/> (within the head) to the frame's end.</summary>
    internal static uint SumFrom(in FrameRef frame, int start, uint sum)
    {
        var run = new ChecksumRun(sum);
        run.Add(frame.Head + start, frame.HeadLength - start);
        for (int i = 0; i < frame.RestCount; i++)
        {
            run.Add(frame.Rest[i].Start, (int)frame.Rest[i].Length);
        }
        return run.Sum;
    }

    /// <summary>UDP reads zero as "no checksum"; for all others both zeros are equal.</summary>
    private static void StoreSum(byte* field, uint sum)
    {
        ushort checksum = Checksum.Finish(sum);
        Checksum.Store(field, checksum == 0 ? (ushort)0xffff : checksum);
    }
}
