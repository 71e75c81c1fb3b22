using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>From a guest's frame to the socket: check, find or open the flow, send.</summary>
internal sealed unsafe partial class UdpTranslator
{
    private const int Again = -11;
    private const int Permission = -1;
    private const int NoBuffers = -105;
    private const int NoMemory = -12;
    private const int MessageSize = -90;

    /// <summary>Takes one whole UDP datagram of a guest, parsed from <paramref name="frame"/>; the gateway has seen to fragments and TTL.
    /// Sent, or counted as a drop, when it returns.</summary>
    public void Take(in FrameRef frame, in ParsedFrame packet)
    {
        DropReason reason = Check(in frame, in packet);
        if (reason == DropReason.None)
        {
            reason = FindOrOpen(in frame, in packet, out int flow);
            if (reason == DropReason.None)
            {
                reason = Send(flow, in frame, in packet);
            }
        }
        if (reason != DropReason.None)
        {
            Drop(reason);
        }
    }

    private DropReason Check(in FrameRef frame, in ParsedFrame packet)
    {
        if (frame.Offload.GsoType != Offload.GsoNone)
        {
            return DropReason.BadOffload;
        }
        if (packet.SourcePort == 0 || packet.DestinationPort == 0)
        {
            return DropReason.BadHeader;
        }
        return ChecksumIsRight(in frame, in packet) ? DropReason.None : DropReason.BadChecksum;
    }

    /// <summary>By the guest's virtio header where it vouches or leaves the sum to us, else by the bytes; 0 means that there is none (RFC 768).</summary>
    private static bool ChecksumIsRight(in FrameRef frame, in ParsedFrame packet)
    {
        if ((frame.Offload.Flags & (Offload.NeedsChecksum | Offload.ChecksumValid)) != 0 ||
            Checksum.Load(frame.Head + packet.L4Offset + UdpView.ChecksumOffset) == 0)
        {
            return true;
        }
        int length = UdpView.Size + packet.PayloadLength;
        var sum = new ChecksumRun(Checksum.Pseudo(packet.Source, packet.Destination, IpProtocol.Udp, length));
        IoVec* runs = stackalloc IoVec[1 + Burst.RunsPerFrame];
        int count = FrameBytes.Slice(in frame, packet.L4Offset, length, runs);
        for (int i = 0; i < count; i++)
        {
            sum.Add(runs[i].Start, (int)runs[i].Length);
        }
        return Checksum.IsRight(sum.Sum);
    }

    private DropReason Send(int flow, in FrameRef frame, in ParsedFrame packet)
    {
        ref UdpFlowRecord record = ref _table.FlowRecordsAll[flow];
        int socket = record.Socket;
        IoVec* runs = stackalloc IoVec[1 + Burst.RunsPerFrame];
        int count = FrameBytes.Slice(in frame, packet.PayloadOffset, packet.PayloadLength, runs);
        int descriptor = _table.Sockets[socket].Descriptor;
        byte timeToLive = (byte)Math.Max(1, packet.TimeToLive - 1);
        long sent = _sockets.SendTo(descriptor, runs, count, record.HostEnd, timeToLive);
        if (sent < 0 && sent != Again && TakeErrors(socket) > 0)
        {
            // The error of an earlier datagram failed this one; with the error queue read, it goes.
            sent = _sockets.SendTo(descriptor, runs, count, record.HostEnd, timeToLive);
        }
        if (sent < 0)
        {
            return Failed(sent, in frame, in packet);
        }
        if (_table.SocketRecordsAll[socket].Kind == UdpSocketKind.Forward)
        {
            record.TwoWay = 1;
        }
        _table.Touch(flow);
        return DropReason.None;
    }

    private DropReason Failed(long error, in FrameRef frame, in ParsedFrame packet)
    {
        switch (error)
        {
            case Again or NoBuffers or NoMemory:
                return DropReason.NoMemory;
            case MessageSize:
                return DropReason.Oversized;
            case Permission:
                Tell(_side.Facts.Gateway, in frame, in packet, IcmpView.Unreachable, IcmpView.CodeProhibited);
                return DropReason.HostUnreachable;
            default:
                Tell(_side.Facts.Gateway, in frame, in packet, IcmpView.Unreachable, IcmpView.CodeHostUnreachable);
                return DropReason.HostUnreachable;
        }
    }

    /// <summary>An ICMP error about a frame that is at hand.</summary>
    private void Tell(IpAddress from, in FrameRef frame, in ParsedFrame packet, byte type, byte code)
    {
        int atHand = Math.Min(frame.HeadLength - packet.L3Offset, packet.L3Length);
        _errors.Send(from, new ReadOnlySpan<byte>(frame.Head + packet.L3Offset, atHand), type, code, 0);
    }
}
