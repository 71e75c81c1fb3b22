using Weft.Wire;

namespace Weft.Engine;

/// <summary>Cutting a TCP segment that its sender left whole: each piece gets the headers, and its own length, identification,
/// sequence number, flags and checksum (as Linux' tcp_gso_segment does).</summary>
public sealed unsafe partial class OffloadFixup
{
    /// <summary>Linux never cuts smaller (TCP_MIN_SND_MSS less 40 bytes of options); less is a lie that multiplies frames.</summary>
    internal const int LeastSegmentSize = 8;

    private DropReason CutIntoSegments(in FrameRef frame)
    {
        if (ParsedFrame.TryParse(frame.Head, Math.Min(frame.HeadLength, Burst.HeadSize), frame.Length, out ParsedFrame parsed) != ParseResult.Ok ||
            !IsHonest(in frame, in parsed))
        {
            return DropReason.BadOffload;
        }
        int headers = parsed.PayloadOffset;
        int size = frame.Offload.GsoSize;
        int total = parsed.PayloadLength;
        if (headers + Math.Min(size, total) > _caps.MaxFrame)
        {
            return DropReason.Oversized;
        }
        var pieces = new FramePieces(in frame);
        pieces.Skip(headers);
        int done = 0;
        int index = 0;
        do
        {
            int bytes = Math.Min(size, total - done);
            ref FrameRef segment = ref NextFrame();
            Buffer.MemoryCopy(frame.Head, segment.Head, headers, headers);
            LayOut(ref segment, headers, bytes, ref pieces);
            WriteNetwork(in segment, in parsed, index++);
            WriteTransport(ref segment, in parsed, done, isLast: done + bytes == total);
            done += bytes;
        }
        while (done < total);
        return DropReason.None;
    }

    /// <summary>An uncut TCP segment that is one: what its offload header claims is what the head says.</summary>
    public static bool IsSegment(in FrameRef frame) =>
        ParsedFrame.TryParse(frame.Head, Math.Min(frame.HeadLength, Burst.HeadSize), frame.Length, out ParsedFrame parsed) == ParseResult.Ok &&
        IsHonest(in frame, in parsed);

    /// <summary>What the offload header claims is what our parse of the head found.</summary>
    private static bool IsHonest(in FrameRef frame, in ParsedFrame parsed)
    {
        Offload offload = frame.Offload;
        ushort type = (offload.GsoType & ~Offload.GsoEcn) switch
        {
            Offload.GsoTcpV4 => EtherType.Ipv4,
            Offload.GsoTcpV6 => EtherType.Ipv6,
            _ => 0,
        };
        bool isChecksumOurs = (offload.Flags & Offload.NeedsChecksum) == 0 ||
            (offload.ChecksumStart == parsed.L4Offset && offload.ChecksumOffset == TcpView.ChecksumOffset);
        return type == parsed.Type && parsed.Protocol == IpProtocol.Tcp && !parsed.IsFragment && isChecksumOurs &&
            (parsed.TcpFlags & (TcpFlags.Syn | TcpFlags.Rst)) == 0 &&
            offload.GsoSize >= LeastSegmentSize && offload.HeaderLength <= frame.Length && frame.RestCount <= Burst.RunsPerFrame;
    }

    internal static void WriteNetwork(in FrameRef segment, in ParsedFrame parsed, int index)
    {
        byte* ip = segment.Head + parsed.L3Offset;
        int length = segment.Length - parsed.L3Offset;
        if (parsed.Type == EtherType.Ipv6)
        {
            NetworkOrder.Write16(ip + Ipv6View.PayloadLengthOffset, (ushort)(length - Ipv6View.Size));
            return;
        }
        NetworkOrder.Write16(ip + Ipv4View.TotalLengthOffset, (ushort)length);
        byte* identification = ip + Ipv4View.IdentificationOffset;
        NetworkOrder.Write16(identification, (ushort)(NetworkOrder.Read16(identification) + index));
        Ipv4Header.Complete(ip, parsed.L4Offset - parsed.L3Offset);
    }

    /// <summary>The pointer counts from the segment's own sequence number, and ends with the segment that it points into.</summary>
    private static void WriteUrgent(byte* tcp, int done)
    {
        if ((tcp[TcpView.FlagsOffset] & (byte)TcpFlags.Urg) == 0 || done == 0)
        {
            return;
        }
        int pointer = NetworkOrder.Read16(tcp + TcpView.UrgentOffset) - done;
        NetworkOrder.Write16(tcp + TcpView.UrgentOffset, (ushort)Math.Max(pointer, 0));
        if (pointer <= 0)
        {
            tcp[TcpView.FlagsOffset] &= unchecked((byte)~TcpFlags.Urg);
        }
    }

    private void WriteTransport(ref FrameRef segment, in ParsedFrame parsed, int done, bool isLast)
    {
        byte* tcp = segment.Head + parsed.L4Offset;
        NetworkOrder.Write32(tcp + TcpView.SequenceOffset, NetworkOrder.Read32(tcp + TcpView.SequenceOffset) + (uint)done);
        TcpFlags remove = (isLast ? TcpFlags.None : TcpFlags.Fin | TcpFlags.Psh) | (done == 0 ? TcpFlags.None : TcpFlags.Cwr);
        tcp[TcpView.FlagsOffset] &= (byte)~remove;
        WriteUrgent(tcp, done);

        byte* field = tcp + TcpView.ChecksumOffset;
        uint pseudo = Checksum.Pseudo(parsed.Source, parsed.Destination, IpProtocol.Tcp, segment.Length - parsed.L4Offset);
        if ((_caps.Offloads & EndpointOffloads.Checksum) != 0)
        {
            Checksum.Store(field, Checksum.Fold(pseudo));
            segment.Offload.Flags = Offload.NeedsChecksum;
            segment.Offload.ChecksumStart = parsed.L4Offset;
            segment.Offload.ChecksumOffset = TcpView.ChecksumOffset;
            return;
        }
        Checksum.Store(field, 0);
        StoreSum(field, SumFrom(in segment, parsed.L4Offset, pseudo));
    }
}
