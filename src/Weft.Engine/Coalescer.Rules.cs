using Weft.Wire;

namespace Weft.Engine;

/// <summary>Which frames may be joined. Each rule forbids what cutting would not give back, or what must not overtake.</summary>
public sealed unsafe partial class Coalescer
{
    /// <summary>Of a whole frame, tags included: no endpoint takes more, and an IP length has 16 bits.</summary>
    private const int MostLength = EthernetView.Size + ushort.MaxValue;

    private static bool IsSegment(ParseResult result, in ParsedFrame parsed) =>
        result == ParseResult.Ok && parsed.Protocol == IpProtocol.Tcp && !parsed.IsFragment;

    /// <summary>Surely no part of any TCP flow: it may be overtaken. Fragments, IPv6 extensions, broken headers may be.</summary>
    private static bool IsOfNoFlow(ParseResult result, in ParsedFrame parsed) =>
        result == ParseResult.NotIp ||
        (result == ParseResult.Ok && !parsed.IsFragment && parsed.Protocol is IpProtocol.Udp or IpProtocol.Icmp or IpProtocol.IcmpV6);

    /// <summary>A segment that another may be joined with: data and ACK, nothing that asks for attention, no IP options,
    /// no Ethernet padding, nothing left to cut, and of a kind that the receiver takes whole.</summary>
    private static bool IsPiece(in FrameRef frame, in ParsedFrame parsed, in EndpointCaps caps)
    {
        bool isV4 = parsed.Type == EtherType.Ipv4;
        EndpointOffloads needed = EndpointOffloads.Checksum | (isV4 ? EndpointOffloads.TcpV4Segmentation : EndpointOffloads.TcpV6Segmentation);
        return parsed.PayloadLength > 0 &&
            (parsed.TcpFlags & ~TcpFlags.Psh) == TcpFlags.Ack &&
            parsed.L4Offset - parsed.L3Offset == (isV4 ? Ipv4View.Size : Ipv6View.Size) &&
            frame.Length == parsed.L3Offset + parsed.L3Length &&
            frame.Length <= caps.MaxFrame &&
            (caps.Offloads & needed) == needed &&
            frame.Offload.GsoType == Offload.GsoNone && IsChecksumOurs(in frame.Offload, in parsed);
    }

    /// <summary>Where the frame's header speaks of an open checksum, it is that of this segment.</summary>
    private static bool IsChecksumOurs(in Offload offload, in ParsedFrame parsed) =>
        (offload.Flags & Offload.NeedsChecksum) == 0 ||
        (offload.ChecksumStart == parsed.L4Offset && offload.ChecksumOffset == TcpView.ChecksumOffset);

    /// <summary>A piece that others may follow: one with PSH is the last of its segment, one of a few bytes no size to cut by.</summary>
    private static bool MayGrow(in ParsedFrame parsed) =>
        (parsed.TcpFlags & TcpFlags.Psh) == 0 && parsed.PayloadLength >= OffloadFixup.LeastSegmentSize;

    private static bool Follows(in GrowingSegment growing, in FrameRef frame, in ParsedFrame parsed)
    {
        ref readonly ParsedFrame first = ref growing.First;
        // The head of either may end in a run of its own.
        int runs = growing.Frame->RestCount + 1 + frame.RestCount + 1;
        return NetworkOrder.Read32(frame.Head + parsed.L4Offset + TcpView.SequenceOffset) == growing.NextSequence &&
            parsed.PayloadLength <= first.PayloadLength && parsed.PayloadOffset == first.PayloadOffset &&
            growing.Frame->Length + parsed.PayloadLength <= MostLength && runs <= RunsPerFrame &&
            (first.DontFragment || IdentificationOf(frame.Head, in parsed) == growing.NextIdentification) &&
            HasSameHeaders(growing.Frame->Head, frame.Head, in parsed);
    }

    /// <summary>All that pieces of one segment have in common: everything but lengths, identification, sums, sequence number and PSH.</summary>
    private static bool HasSameHeaders(byte* one, byte* other, in ParsedFrame parsed)
    {
        int ip = parsed.L3Offset;
        int tcp = parsed.L4Offset;
        bool isSamePacket = parsed.Type == EtherType.Ipv4
            ? IsSame(0, ip + Ipv4View.TotalLengthOffset) && IsSame(ip + Ipv4View.FragmentOffset, ip + Ipv4View.ChecksumOffset) &&
                IsSame(ip + Ipv4View.SourceOffset, tcp + TcpView.SequenceOffset)
            : IsSame(0, ip + Ipv6View.PayloadLengthOffset) && IsSame(ip + Ipv6View.NextHeaderOffset, tcp + TcpView.SequenceOffset);
        return isSamePacket && IsSame(tcp + TcpView.AcknowledgmentOffset, tcp + TcpView.FlagsOffset) &&
            IsSame(tcp + TcpView.WindowOffset, tcp + TcpView.ChecksumOffset) &&
            IsSame(tcp + TcpView.UrgentOffset, parsed.PayloadOffset);

        bool IsSame(int from, int to) => new ReadOnlySpan<byte>(one + from, to - from).SequenceEqual(new ReadOnlySpan<byte>(other + from, to - from));
    }

    /// <summary>0 for IPv6, which has none.</summary>
    private static ushort IdentificationOf(byte* head, in ParsedFrame parsed) =>
        parsed.Type == EtherType.Ipv4 ? NetworkOrder.Read16(head + parsed.L3Offset + Ipv4View.IdentificationOffset) : (ushort)0;

    /// <summary>The first piece's sums, verified when a second one wants to join it.</summary>
    private static bool IsFirstIntact(ref GrowingSegment growing)
    {
        growing.IsFirstIntact = growing.IsFirstIntact || IsIntact(in *growing.Frame, in growing.First);
        return growing.IsFirstIntact;
    }

    /// <summary>Both checksums are right, or the frame's header vouches for that of TCP.</summary>
    private static bool IsIntact(in FrameRef frame, in ParsedFrame parsed)
    {
        if (parsed.Type == EtherType.Ipv4 && !Checksum.IsRight(Checksum.Sum(frame.Head + parsed.L3Offset, Ipv4View.Size)))
        {
            return false;
        }
        if ((frame.Offload.Flags & (Offload.NeedsChecksum | Offload.ChecksumValid)) != 0)
        {
            return true;
        }
        uint pseudo = Checksum.Pseudo(parsed.Source, parsed.Destination, IpProtocol.Tcp, parsed.L4Length);
        return Checksum.IsRight(OffloadFixup.SumFrom(in frame, parsed.L4Offset, pseudo));
    }
}
