using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Icmp;

/// <summary>
/// Answers pings to the gateway's own addresses. The message is copied out first and checked in the copy, since the rest of
/// a frame may change under us; then only the type changes, and the checksum by as much (RFC 1624). The reply has no IP options.
/// </summary>
internal static unsafe class EchoResponder
{
    /// <summary>Bytes of the reply's IP packet.</summary>
    public static int ReplyLength(in ParsedFrame request) => Ipv4View.Size + request.L4Length;

    /// <summary>Writes the reply's IP packet, <see cref="ReplyLength"/> bytes; anything but None: nothing to send.</summary>
    /// <param name="request">Parsed from <paramref name="frame"/>; the caller has found that its destination is ours.</param>
    public static DropReason Write(in FrameRef frame, in ParsedFrame request, byte* to)
    {
        if (request.IsFragment)
        {
            return DropReason.Fragment;
        }
        if (request.Protocol != IpProtocol.Icmp || request.L4Length < IcmpView.Size ||
            frame.Head[request.L4Offset + IcmpView.TypeOffset] != IcmpView.EchoRequest)
        {
            return DropReason.ProtocolUnsupported;
        }
        if (request.Source.IsMulticast || request.Source.IsUnspecified || request.Source.IsLoopback)
        {
            return DropReason.BadHeader;
        }
        byte* message = to + Ipv4View.Size;
        FrameBytes.Copy(in frame, request.L4Offset, request.L4Length, message);
        if (!TurnIntoReply(message, request.L4Length, (frame.Offload.Flags & Offload.NeedsChecksum) != 0))
        {
            return DropReason.BadChecksum;
        }
        Ipv4Header.Write(to, new Ipv4Fields(request.Destination, request.Source, IpProtocol.Icmp, ReplyLength(in request))
        {
            Service = request.Service,
        });
        return DropReason.None;
    }

    private static bool TurnIntoReply(byte* message, int length, bool isChecksumOpen)
    {
        if (isChecksumOpen)
        {
            message[IcmpView.TypeOffset] = IcmpView.EchoReply;
            IcmpHeader.Complete(message, length);
            return true;
        }
        if (!Checksum.IsRight(Checksum.Sum(message, length)))
        {
            return false;
        }
        ushort before = Checksum.Load(message + IcmpView.TypeOffset);
        message[IcmpView.TypeOffset] = IcmpView.EchoReply;
        ushort after = Checksum.Load(message + IcmpView.TypeOffset);
        Checksum.Store(message + IcmpView.ChecksumOffset, Checksum.Update(Checksum.Load(message + IcmpView.ChecksumOffset), before, after));
        return true;
    }
}
