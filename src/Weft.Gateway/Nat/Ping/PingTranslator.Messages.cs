using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Ping;

/// <summary>Echo requests out, replies and errors back.</summary>
internal sealed unsafe partial class PingTranslator
{
    private const int MostErrors = 16;
    private const int MostErrorsPerStep = 4;
    private const int MostQuoted = 512;

    /// <summary>Takes one whole ICMP message of a guest that is not for the gateway itself; the gateway has seen to fragments and TTL.
    /// Sent, or counted as a drop, when it returns.</summary>
    public void Take(in FrameRef frame, in ParsedFrame packet)
    {
        DropReason reason = Check(in frame, in packet);
        if (reason == DropReason.None)
        {
            reason = FindOrOpen(packet.Source, NetworkOrder.Read16(frame.Head + packet.L4Offset + IcmpView.IdentifierOffset), out int flow);
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

    /// <summary>Puts into the outbox what waits in ready sockets. Stops where there is no room.</summary>
    public void Produce()
    {
        for (int count = _queueCount; count > 0 && _queueFirst >= 0; count--)
        {
            int flow = _queueFirst;
            Unqueue(flow);
            if (!ReadStep(flow))
            {
                Queue(flow);
            }
        }
    }

    private DropReason Check(in FrameRef frame, in ParsedFrame packet)
    {
        byte* message = frame.Head + packet.L4Offset;
        if (packet.Protocol != IpProtocol.Icmp || message[IcmpView.TypeOffset] != IcmpView.EchoRequest || message[IcmpView.CodeOffset] != 0)
        {
            return DropReason.ProtocolUnsupported;
        }
        if ((frame.Offload.Flags & (Offload.NeedsChecksum | Offload.ChecksumValid)) == 0 && !ChecksumIsRight(in frame, in packet))
        {
            return DropReason.BadChecksum;
        }
        DropReason verdict = _table.Host.Access.Decide(_side.Facts, new HostEnd(packet.Destination, 0), IpProtocol.Icmp, out HostEnd host);
        return verdict == DropReason.None && host.Address != packet.Destination ? DropReason.NoRoute : verdict;
    }

    private static bool ChecksumIsRight(in FrameRef frame, in ParsedFrame packet)
    {
        var sum = new ChecksumRun(0);
        IoVec* runs = stackalloc IoVec[1 + Burst.RunsPerFrame];
        int count = FrameBytes.Slice(in frame, packet.L4Offset, packet.L4Length, runs);
        for (int i = 0; i < count; i++)
        {
            sum.Add(runs[i].Start, (int)runs[i].Length);
        }
        return Checksum.IsRight(sum.Sum);
    }

    /// <summary>The kernel puts its own identifier and checksum into the header.</summary>
    private DropReason Send(int flow, in FrameRef frame, in ParsedFrame packet)
    {
        IoVec* runs = stackalloc IoVec[1 + Burst.RunsPerFrame];
        int count = FrameBytes.Slice(in frame, packet.L4Offset, packet.L4Length, runs);
        int descriptor = _table.Flows[flow].Descriptor;
        var to = new HostEnd(packet.Destination, 0);
        byte timeToLive = (byte)Math.Max(1, packet.TimeToLive - 1);
        long sent = _sockets.SendTo(descriptor, runs, count, to, timeToLive);
        if (sent < 0 && sent != Again && TakeErrors(flow) > 0)
        {
            sent = _sockets.SendTo(descriptor, runs, count, to, timeToLive);
        }
        if (sent == Again)
        {
            return DropReason.NoMemory;
        }
        if (sent < 0)
        {
            int atHand = Math.Min(frame.HeadLength - packet.L3Offset, packet.L3Length);
            _errors.Send(_side.Facts.Gateway, new ReadOnlySpan<byte>(frame.Head + packet.L3Offset, atHand), IcmpView.Unreachable,
                IcmpView.CodeHostUnreachable, 0);
            return DropReason.HostUnreachable;
        }
        _table.Touch(flow);
        return DropReason.None;
    }

    /// <summary>False when more may be waiting in the socket.</summary>
    private bool ReadStep(int flow)
    {
        int errors = 0;
        for (int i = 0; i < RepliesPerStep && errors <= MostErrorsPerStep; i++)
        {
            if (_side.RoomToward(_table.All[flow].Guest) <= 0)
            {
                return false;
            }
            long length = _sockets.ReceiveFrom(_table.Flows[flow].Descriptor, _table.Message, PingTable.MessageSize, out HostEnd from);
            if (length == Again)
            {
                return true;
            }
            if (length < 0)
            {
                TakeErrors(flow);
                errors++;
            }
            else if (length >= IcmpView.Size && _table.Message[IcmpView.TypeOffset] == IcmpView.EchoReply)
            {
                Write(flow, from.Address, (int)length);
            }
        }
        return errors > MostErrorsPerStep;
    }

    private void Write(int flow, IpAddress from, int length)
    {
        ref PingFlowRecord record = ref _table.All[flow];
        _table.Touch(flow);
        NetworkOrder.Write16(_table.Message + IcmpView.IdentifierOffset, record.Identifier);
        IcmpHeader.Complete(_table.Message, length);
        var fields = new Ipv4Fields(from, record.Guest, IpProtocol.Icmp, Ipv4View.Size + length);
        if (!PacketWriter.TryWrite(_side, in fields, _table.Message, length, ref _identification))
        {
            Drop(DropReason.PortFull);
        }
    }

    /// <summary>Empties the error queue, which also clears the error that would fail the next send. Returns how many there were.</summary>
    private int TakeErrors(int flow)
    {
        byte* packet = stackalloc byte[Ipv4View.Size + MostQuoted];
        int count = 0;
        while (count < MostErrors)
        {
            long length = _sockets.ReceiveError(_table.Flows[flow].Descriptor, packet + Ipv4View.Size, MostQuoted, out IcmpErrorReport report);
            if (length < 0)
            {
                break;
            }
            count++;
            Tell(ref _table.All[flow], in report, packet, (int)length);
        }
        if (count == 0)
        {
            _sockets.TakeError(_table.Flows[flow].Descriptor);
        }
        return count;
    }

    /// <summary>The kernel quotes our message from its ICMP header on; the guest's identifier goes back in.</summary>
    private void Tell(ref PingFlowRecord record, in IcmpErrorReport report, byte* packet, int quoted)
    {
        byte* message = packet + Ipv4View.Size;
        if (quoted < IcmpView.Size || report.Type is not (IcmpView.Unreachable or IcmpView.TimeExceeded or IcmpView.ParameterProblem))
        {
            return;
        }
        ushort before = Checksum.Load(message + IcmpView.IdentifierOffset);
        NetworkOrder.Write16(message + IcmpView.IdentifierOffset, record.Identifier);
        ushort after = Checksum.Load(message + IcmpView.IdentifierOffset);
        Checksum.Store(message + IcmpView.ChecksumOffset, Checksum.Update(Checksum.Load(message + IcmpView.ChecksumOffset), before, after));
        Ipv4Header.Write(packet, new Ipv4Fields(record.Guest, report.Destination.Address, IpProtocol.Icmp, Ipv4View.Size + quoted) { TimeToLive = 1 });
        IpAddress from = report.Offender.IsNone || report.Offender.IsLoopback ? _side.Facts.Gateway : report.Offender;
        _errors.Send(from, new ReadOnlySpan<byte>(packet, Ipv4View.Size + quoted), report.Type, report.Code, (ushort)report.Info);
    }
}
