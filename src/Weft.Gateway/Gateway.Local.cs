using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Arp;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Icmp;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>What guests say to the gateway itself: ARP, DHCP, ping, DNS.</summary>
public sealed unsafe partial class Gateway
{
    private const ushort DhcpPort = 67;
    private const ushort DnsPort = 53;
    private const int LongestMessage = 1472;

    private DropReason TakeArp(in FrameRef frame)
    {
        byte* reply = _outbox.Rent(ArpFrame.MaxSize);
        if (reply == null)
        {
            return DropReason.PortFull;
        }
        ReadOnlySpan<byte> bytes = new(frame.Head, frame.HeadLength);
        ArpOutcome outcome = _arp.Handle(Facts, _neighbours, bytes, reply, Now);
        if (outcome.Length > 0)
        {
            _outbox.SendFrame(outcome.Length);
        }
        if (outcome.Change is NeighbourChange.Added or NeighbourChange.Moved && EthernetView.TryParse(bytes, out EthernetView ethernet) &&
            ArpView.TryParse(ethernet.Payload, out ArpView arp))
        {
            Learned(arp.SenderIp);
        }
        return outcome.Reason;
    }

    private bool IsLocal(in ParsedFrame parsed)
    {
        bool ours = Facts.IsOurs(parsed.Destination);
        return parsed.Protocol switch
        {
            IpProtocol.Udp => parsed.DestinationPort == DhcpPort && (ours || parsed.DestinationMac.IsGroup) || IsDns(in parsed),
            IpProtocol.Icmp => ours,
            _ => false,
        };
    }

    private bool IsDns(in ParsedFrame parsed) =>
        parsed.DestinationPort == DnsPort && parsed.Destination == Facts.Dns && Facts.Has(NetworkFlags.Dns);

    private DropReason TakeLocal<TTrace>(in FrameRef frame, in ParsedFrame parsed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (parsed.Protocol == IpProtocol.Icmp)
        {
            return TakePing(in frame, in parsed, ref trace);
        }
        bool hasSum = Checksum.Load(frame.Head + parsed.L4Offset + UdpView.ChecksumOffset) != 0;
        if (hasSum && !IsIntact(in frame, in parsed))
        {
            return DropReason.BadChecksum;
        }
        if (parsed.PayloadLength > LongestMessage)
        {
            return DropReason.Oversized;
        }
        byte* message = stackalloc byte[LongestMessage];
        FrameBytes.Copy(in frame, parsed.PayloadOffset, parsed.PayloadLength, message);
        ReadOnlySpan<byte> payload = new(message, parsed.PayloadLength);
        if (TTrace.IsOn)
        {
            return AskService(in parsed, payload, ref trace);
        }
        return parsed.DestinationPort == DhcpPort
            ? TakeDhcp(in parsed, payload)
            : _dns.OnQuery(new HostEnd(parsed.Source, parsed.SourcePort), payload);
    }

    private DropReason TakeDhcp(in ParsedFrame parsed, ReadOnlySpan<byte> message)
    {
        if (!Facts.Has(NetworkFlags.Dhcp))
        {
            return DropReason.None;
        }
        DhcpRequest request = new()
        {
            Message = message,
            Source = parsed.SourceMac,
            Port = _room.TagOf(parsed.SourceMac, parsed.Vlan),
            Now = LeaseNow,
        };
        Span<byte> payload = stackalloc byte[DhcpReply.MaxSize];
        DhcpReply reply = _dhcp.Handle(in request, payload);
        if (reply.Outcome == DhcpOutcome.Send)
        {
            SendDhcp(in reply, payload[..reply.Length]);
        }
        return reply.Reason;
    }

    /// <summary>The journal has leases on the disk: their ACKs leave.</summary>
    internal void SendCommitted()
    {
        while (_outbox.HasRoom && _dhcp.TryTakeCommitted(out DhcpReply reply, out ReadOnlySpan<byte> payload))
        {
            SendDhcp(in reply, payload);
            if (reply.Change is { IsEnd: false } lease)
            {
                // A forward may call the guest before it has said a word.
                Learn(lease.Address, lease.Mac, vlan: 0);
            }
        }
        Wake();
    }

    /// <summary>The network goes away for good.</summary>
    internal void EndLeases() => _dhcp.End();

    private void SendDhcp(in DhcpReply reply, ReadOnlySpan<byte> payload)
    {
        byte* frame = _outbox.Rent(DhcpFrame.MaxSize);
        if (frame != null)
        {
            _outbox.SendFrame(DhcpFrame.Write(frame, Facts, in reply, payload));
        }
    }

    private DropReason TakePing<TTrace>(in FrameRef frame, in ParsedFrame parsed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (!Facts.Has(NetworkFlags.Gateway) || frame.Head[parsed.L4Offset] != IcmpView.EchoRequest)
        {
            return DropReason.ProtocolUnsupported;
        }
        if (TTrace.IsOn)
        {
            return AskPing(in frame, in parsed, ref trace);
        }
        int length = EchoResponder.ReplyLength(in parsed);
        byte* reply = _outbox.Rent(length);
        if (reply == null)
        {
            return DropReason.PortFull;
        }
        DropReason reason = EchoResponder.Write(in frame, in parsed, reply);
        if (reason == DropReason.None)
        {
            Send(parsed.Source, length, default);
        }
        return reason;
    }
}
