using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>Writes IP and TCP headers toward the guest. Checksums of TCP are left to the receiver or to the offload fix-up.</summary>
internal static unsafe class TcpSegmentWriter
{
    public const int TimestampsLength = 12;
    public const int MostSackBlocks = 4;
    public const int ResetLength = Ipv4View.Size + TcpView.Size;

    private const int EthernetLength = 14;

    /// <summary>Bytes of IP and TCP header of a segment without SACK blocks.</summary>
    public static int HeaderLength(ref TcpFlow flow) =>
        Ipv4View.Size + TcpView.Size + (flow.HasAgreed(TcpAgreed.Timestamps) ? TimestampsLength : 0);

    public static int SackLength(int blocks) => blocks == 0 ? 0 : 4 + 8 * blocks;

    public static int HandshakeLength(ref TcpFlow flow, bool answering)
    {
        TcpAgreed offered = Offered(ref flow, answering);
        return Ipv4View.Size + TcpView.Size + 4 + (offered.HasFlag(TcpAgreed.WindowScale) ? 4 : 0) + (offered.HasFlag(TcpAgreed.Sack) ? 4 : 0) +
            (offered.HasFlag(TcpAgreed.Timestamps) ? TimestampsLength : 0);
    }

    /// <summary>The flow's timestamp clock: milliseconds and a secret offset.</summary>
    public static uint TimestampNow(ref TcpFlow flow, long now) => (uint)(now / 1000) + flow.TsOffset;

    /// <summary>Headers in front of <paramref name="payload"/> bytes.</summary>
    public static void Write(byte* packet, ref TcpFlow flow, ref TcpFlowRecord record, uint seq, byte flags, int payload, long now, out Offload offload)
    {
        byte* tcp = packet + Ipv4View.Size;
        int options = WriteTimestamps(tcp + TcpView.Size, ref flow, now);
        Finish(packet, record.Key, Fields(ref flow, ref record, seq, flags), options, payload, out offload);
    }

    /// <summary>A segment without payload, with SACK blocks given as pairs of left and right edge.</summary>
    public static void WriteBare(byte* packet, ref TcpFlow flow, ref TcpFlowRecord record, uint seq, byte flags, ReadOnlySpan<uint> sack,
        long now, out Offload offload)
    {
        byte* tcp = packet + Ipv4View.Size;
        int options = WriteTimestamps(tcp + TcpView.Size, ref flow, now);
        if (sack.Length > 0)
        {
            byte* at = tcp + TcpView.Size + options;
            at[0] = at[1] = (byte)TcpOptionKind.NoOperation;
            at[2] = (byte)TcpOptionKind.Sack;
            at[3] = (byte)(2 + 4 * sack.Length);
            for (int i = 0; i < sack.Length; i++)
            {
                NetworkOrder.Write32(at + 4 + 4 * i, sack[i]);
            }
            options += 4 + 4 * sack.Length;
        }
        Finish(packet, record.Key, Fields(ref flow, ref record, seq, flags), options, 0, out offload);
    }

    /// <summary>SYN-ACK to a guest that dialled, or SYN to a guest that is called. The window of a SYN is never scaled (RFC 7323 §2.2).</summary>
    public static void WriteHandshake(byte* packet, ref TcpFlow flow, ref TcpFlowRecord record, bool answering, int mtu, long now, out Offload offload)
    {
        byte* tcp = packet + Ipv4View.Size;
        Span<byte> room = new(tcp + TcpView.Size, TcpOptionWriter.MaxBytes);
        TcpOptionWriter options = new(room);
        TcpAgreed offered = Offered(ref flow, answering);
        options.MaximumSegmentSize((ushort)(mtu - Ipv4View.Size - TcpView.Size));
        if (offered.HasFlag(TcpAgreed.WindowScale))
        {
            options.WindowScale(answering ? flow.OurScale : record.OurScale);
            options.NoOperation();
        }
        if (offered.HasFlag(TcpAgreed.Sack))
        {
            options.SackPermitted();
            options.Pad();
        }
        if (offered.HasFlag(TcpAgreed.Timestamps))
        {
            options.NoOperation();
            options.NoOperation();
            options.Timestamps(TimestampNow(ref flow, now), answering ? flow.TsRecent : 0);
        }
        uint window = answering ? Math.Min(flow.RcvEdge - flow.RcvNxt, ushort.MaxValue) : ushort.MaxValue;
        TcpFields fields = new(record.PeerPort, record.GuestPort, record.OurIsn, answering ? flow.RcvNxt : 0)
        {
            Flags = (TcpFlags)(TcpSegment.Syn | (answering ? TcpSegment.Ack : 0)),
            Window = (ushort)window,
        };
        Finish(packet, record.Key, in fields, options.Written.Length, 0, out offload);
    }

    public static void WriteReset(byte* packet, in FlowKey key, uint seq, uint ack, bool withAck, out Offload offload)
    {
        TcpFields fields = new(key.PeerPort, key.GuestPort, seq, withAck ? ack : 0)
        {
            Flags = (TcpFlags)(TcpSegment.Rst | (withAck ? TcpSegment.Ack : 0)),
        };
        Finish(packet, in key, in fields, 0, 0, out offload);
    }

    /// <summary>Calling a guest we offer everything; answering, what it offered.</summary>
    private static TcpAgreed Offered(ref TcpFlow flow, bool answering) =>
        answering ? flow.Agreed : TcpAgreed.WindowScale | TcpAgreed.Timestamps | TcpAgreed.Sack;

    /// <summary>The window is rounded up to its scale, and what is rounded up counts as promised: else the edge would creep back.</summary>
    private static TcpFields Fields(ref TcpFlow flow, ref TcpFlowRecord record, uint seq, byte flags)
    {
        uint window = (flow.RcvEdge - flow.RcvNxt + (1u << flow.OurScale) - 1) >> flow.OurScale;
        flow.RcvEdge = flow.RcvNxt + (window << flow.OurScale);
        return new TcpFields(record.PeerPort, record.GuestPort, seq, flow.RcvNxt)
        {
            Flags = (TcpFlags)flags,
            Window = (ushort)Math.Min(window, ushort.MaxValue),
        };
    }

    private static int WriteTimestamps(byte* at, ref TcpFlow flow, long now)
    {
        if (!flow.HasAgreed(TcpAgreed.Timestamps))
        {
            return 0;
        }
        *(uint*)at = 0x0a08_0101;
        NetworkOrder.Write32(at + 4, TimestampNow(ref flow, now));
        NetworkOrder.Write32(at + 8, flow.TsRecent);
        return TimestampsLength;
    }

    /// <summary>The fixed headers around options that already lie in place.</summary>
    private static void Finish(byte* packet, in FlowKey key, in TcpFields fields, int options, int payload, out Offload offload)
    {
        byte* tcp = packet + Ipv4View.Size;
        int tcpLength = TcpView.Size + options;
        TcpHeader.Write(tcp, in fields);
        tcp[TcpView.DataOffset] = (byte)(tcpLength / 4 << 4);
        TcpHeader.LeaveChecksum(tcp, tcpLength + payload, key.Peer, key.Guest);
        Ipv4Header.Write(packet, new Ipv4Fields(key.Peer, key.Guest, IpProtocol.Tcp, Ipv4View.Size + tcpLength + payload));
        offload = new Offload
        {
            Flags = Offload.NeedsChecksum,
            HeaderLength = (ushort)(EthernetLength + Ipv4View.Size + tcpLength),
            ChecksumStart = EthernetLength + Ipv4View.Size,
            ChecksumOffset = TcpView.ChecksumOffset,
        };
    }
}
