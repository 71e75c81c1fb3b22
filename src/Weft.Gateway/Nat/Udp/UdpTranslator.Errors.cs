using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>ICMP errors that the host got about a guest's datagrams: the guest gets the same one, about the packet as it sent it.</summary>
internal sealed unsafe partial class UdpTranslator
{
    private const int MostErrors = 32;

    /// <summary>Payload that is quoted: more than the eight bytes that RFC 792 asks for, well within 576 bytes in all.</summary>
    private const int MostQuoted = 512;

    /// <summary>Empties the error queue, which also clears the error that would fail the next send. Returns how many there were.</summary>
    private int TakeErrors(int socket)
    {
        byte* packet = stackalloc byte[Headers + MostQuoted];
        int count = 0;
        while (count < MostErrors)
        {
            long length = _sockets.ReceiveError(_table.Sockets[socket].Descriptor, packet + Headers, MostQuoted, out IcmpErrorReport report);
            if (length < 0)
            {
                break;
            }
            count++;
            if (_table.FindByHost(socket, report.Destination) is var flow and >= 0)
            {
                Tell(ref _table.FlowRecordsAll[flow], in report, packet, (int)length);
            }
        }
        if (count == 0)
        {
            // An error without an entry (the queue was full): reading it clears it.
            _sockets.TakeError(_table.Sockets[socket].Descriptor);
        }
        return count;
    }

    private void Tell(ref UdpFlowRecord record, in IcmpErrorReport report, byte* packet, int quoted)
    {
        if (report.Type is not (IcmpView.Unreachable or IcmpView.TimeExceeded or IcmpView.ParameterProblem))
        {
            return;
        }
        Ipv4Header.Write(packet, new Ipv4Fields(record.Guest, record.GuestPeer, IpProtocol.Udp, Headers + quoted) { TimeToLive = 1 });
        UdpHeader.Write(packet + Ipv4View.Size, record.GuestPort, record.GuestPeerPort, quoted);
        IpAddress from = OffenderAsSeen(ref record, report.Offender);
        _errors.Send(from, new ReadOnlySpan<byte>(packet, Headers + quoted), report.Type, report.Code, (ushort)report.Info);
    }

    /// <summary>The peer under the name that the guest has for it; the host itself is the gateway.</summary>
    private IpAddress OffenderAsSeen(ref UdpFlowRecord record, IpAddress offender)
    {
        if (offender == record.HostPeer)
        {
            return record.GuestPeer;
        }
        return offender.IsNone || offender.IsLoopback || _targets.IsHostAddress(offender) ? _side.Facts.Gateway : offender;
    }
}
