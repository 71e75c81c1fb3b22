using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine;

/// <summary>
/// Theory. A sender that cannot hand over large segments (SEQPACKET, a tunnel) sends a burst of MTU-size pieces, and each costs
/// its receiver a system call or a descriptor, and its kernel a walk through the stack. A receiver that takes segments whole
/// is better served with few large ones: what <see cref="OffloadFixup"/> cuts, backwards. A frame of the burst meets:
///   1. is it a TCP segment?          Coalescer.Rules.cs. What cannot be told apart ends every segment that grows
///   2. does its flow's segment grow? it follows: its payload is added, by runs that point to where it lies
///                                    it does not: the growing one is closed, so that nothing overtakes within a flow
///   3. may it grow?                  it is held open for the next, in its own place among the frames
/// A grown segment stands where its first piece stood, so other flows' frames may fall behind by what was joined before them,
/// within one burst. Nothing waits for a later burst: there is no delay and no timer.
/// Nothing is lost: pieces are joined only when cutting the whole again gives each of them back, to the byte, but for the
/// identification of IPv4 packets that may not be fragmented, which has no meaning (RFC 6864 §4.1). Hence equal headers,
/// options (time stamps), acknowledgement and window; one size for all but the last; PSH on the last alone.
/// No wrong checksum is blessed: the whole leaves with an open one, so each piece's is verified before, unless its header
/// vouches for it; a damaged piece passes alone, as it came. That pass over the payload is made when two pieces fit, not before.
/// Bytes that their sender changes afterwards are its own message, changed by nobody else.
/// The borrowed bytes are never written: a joined head is a copy in memory of this lane.
/// </summary>
/// <remarks>Used by <see cref="Port.Deliver"/> while <see cref="IsOn"/>. What it returns is lent until its next call.</remarks>
public sealed unsafe partial class Coalescer : IDisposable
{
    /// <summary>Runs of a coalesced frame at most: 64 KiB in pieces of 1448 bytes that lie in one run each take 45.</summary>
    public const int RunsPerFrame = 64;

    private const int HeadStride = FrameRef.Headroom + Burst.HeadSize;

    /// <summary>Joined segments in a burst at most: of two pieces each.</summary>
    private const int MostJoined = Burst.Capacity / 2;

    private readonly FrameRef* _frames = (FrameRef*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(FrameRef));
    private readonly GrowingSegment* _growing = (GrowingSegment*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(GrowingSegment));
    private readonly byte* _heads = (byte*)NativeMemory.AlignedAlloc(MostJoined * HeadStride, 64);
    private readonly IoVec* _runs = (IoVec*)NativeMemory.AllocZeroed(MostJoined * RunsPerFrame, (nuint)sizeof(IoVec));
    private EndpointCaps _caps;
    private int _count;
    private int _growingCount;
    private int _joinedCount;
    private bool _isDisposed;

    /// <summary>The burst under way comes from a sender that cuts (<see cref="Burst.IsCut"/>): looking for pieces may pay.</summary>
    public bool IsOn { get; set; }

    /// <summary>The frames as a receiver with <paramref name="caps"/> should have them; the same span when nothing was joined.</summary>
    public ReadOnlySpan<FrameRef> Join(ReadOnlySpan<FrameRef> frames, EndpointCaps caps)
    {
        if ((caps.Offloads & EndpointOffloads.Coalesced) == 0 || frames.Length > Burst.Capacity)
        {
            return frames;
        }
        _caps = caps;
        _count = 0;
        _joinedCount = 0;
        foreach (ref readonly FrameRef frame in frames)
        {
            Take(in frame);
        }
        CloseAll();
        return _joinedCount == 0 ? frames : new ReadOnlySpan<FrameRef>(_frames, _count);
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        NativeMemory.Free(_frames);
        NativeMemory.Free(_growing);
        NativeMemory.AlignedFree(_heads);
        NativeMemory.Free(_runs);
    }

    private void Take(in FrameRef frame)
    {
        ParseResult result = ParsedFrame.TryParse(frame.Head, Math.Min(frame.HeadLength, Burst.HeadSize), frame.Length, out ParsedFrame parsed);
        if (!IsSegment(result, in parsed))
        {
            if (!IsOfNoFlow(result, in parsed))
            {
                CloseAll();
            }
            Pass(in frame);
            return;
        }
        bool isPiece = IsPiece(in frame, in parsed, in _caps);
        int at = Find(in parsed);
        if (at >= 0)
        {
            if (isPiece && TryAdd(at, in frame, in parsed))
            {
                return;
            }
            Close(at);
        }
        FrameRef* own = Pass(in frame);
        if (isPiece && MayGrow(in parsed))
        {
            Open(own, in parsed);
        }
    }

    private FrameRef* Pass(in FrameRef frame)
    {
        _frames[_count] = frame;
        return _frames + _count++;
    }

    /// <summary>The growing segment of the same flow; −1 for none. VLAN and MACs are no part of the question: whatever else differs, order is kept.</summary>
    private int Find(in ParsedFrame parsed)
    {
        for (int i = 0; i < _growingCount; i++)
        {
            ref ParsedFrame first = ref _growing[i].First;
            if (first.SourcePort == parsed.SourcePort && first.DestinationPort == parsed.DestinationPort &&
                first.Source == parsed.Source && first.Destination == parsed.Destination)
            {
                return i;
            }
        }
        return -1;
    }

    private void Open(FrameRef* frame, in ParsedFrame parsed)
    {
        ref GrowingSegment growing = ref _growing[_growingCount++];
        growing.Frame = frame;
        growing.First = parsed;
        growing.NextSequence = NetworkOrder.Read32(frame->Head + parsed.L4Offset + TcpView.SequenceOffset) + (uint)parsed.PayloadLength;
        growing.NextIdentification = (ushort)(IdentificationOf(frame->Head, in parsed) + 1);
        growing.Pieces = 1;
        growing.IsFirstIntact = false;
    }

    private bool TryAdd(int at, in FrameRef frame, in ParsedFrame parsed)
    {
        ref GrowingSegment growing = ref _growing[at];
        if (!Follows(in growing, in frame, in parsed) || !IsFirstIntact(ref growing) || !IsIntact(in frame, in parsed))
        {
            return false;
        }
        if (growing.Pieces == 1)
        {
            TakeOver(growing.Frame);
        }
        var pieces = new FramePieces(in frame);
        pieces.Skip(parsed.PayloadOffset);
        pieces.AddTo(ref *growing.Frame, parsed.PayloadLength);
        growing.NextSequence += (uint)parsed.PayloadLength;
        growing.NextIdentification++;
        growing.Pieces++;
        TcpFlags push = parsed.TcpFlags & TcpFlags.Psh;
        growing.Frame->Head[parsed.L4Offset + TcpView.FlagsOffset] |= (byte)push;
        if (push != 0 || parsed.PayloadLength < growing.First.PayloadLength)
        {
            Close(at);
        }
        return true;
    }

    /// <summary>The first piece's head and runs move to memory of this lane, which may be written.</summary>
    private void TakeOver(FrameRef* frame)
    {
        FrameRef lent = *frame;
        *frame = default;
        frame->Head = _heads + _joinedCount * HeadStride + FrameRef.Headroom;
        frame->Rest = _runs + _joinedCount * RunsPerFrame;
        _joinedCount++;
        var pieces = new FramePieces(in lent);
        pieces.AddTo(ref *frame, lent.Length);
    }

    private void CloseAll()
    {
        while (_growingCount > 0)
        {
            Close(_growingCount - 1);
        }
    }

    private void Close(int at)
    {
        ref GrowingSegment growing = ref _growing[at];
        if (growing.Pieces > 1)
        {
            Complete(ref *growing.Frame, in growing.First);
        }
        _growing[at] = _growing[--_growingCount];
    }

    /// <summary>Lengths, sums and offload header of a joined segment.</summary>
    private static void Complete(ref FrameRef frame, in ParsedFrame first)
    {
        OffloadFixup.WriteNetwork(in frame, in first, 0);
        uint pseudo = Checksum.Pseudo(first.Source, first.Destination, IpProtocol.Tcp, frame.Length - first.L4Offset);
        Checksum.Store(frame.Head + first.L4Offset + TcpView.ChecksumOffset, Checksum.Fold(pseudo));
        frame.Offload = new Offload
        {
            Flags = Offload.NeedsChecksum,
            GsoType = first.Type == EtherType.Ipv4 ? Offload.GsoTcpV4 : Offload.GsoTcpV6,
            HeaderLength = first.PayloadOffset,
            GsoSize = (ushort)first.PayloadLength,
            ChecksumStart = first.L4Offset,
            ChecksumOffset = TcpView.ChecksumOffset,
        };
    }
}
