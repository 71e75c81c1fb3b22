using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Arp;
using Weft.Gateway.Icmp;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>What guests say to the gateway itself: ARP, DHCP, ping, DNS.</summary>
public sealed unsafe partial class Gateway
{
    private DropReason TakeArp(in FrameRef frame)
    {
        byte* reply = _outbox.Rent(ArpFrame.MaxSize);
        if (reply == null)
        {
            return DropReason.PortFull;
        }
        int known = _neighbours.Count;
        ReadOnlySpan<byte> bytes = new(frame.Head, frame.HeadLength);
        ArpOutcome outcome = _arp.Handle(Facts, _neighbours, bytes, reply, Now);
        if (outcome.Length > 0)
        {
            _outbox.SendFrame(outcome.Length);
        }
        if (EthernetView.TryParse(bytes, out EthernetView ethernet) && ArpView.TryParse(ethernet.Payload, out ArpView arp) &&
            _neighbours.Count != known)
        {
            Learned(arp.SenderIp);
        }
        return outcome.Reason;
    }

    private bool IsLocal(in ParsedFrame parsed) =>
        (parsed.Protocol == IpProtocol.Udp && parsed.DestinationPort == 67) ||
        (Facts.IsOurs(parsed.Destination) && parsed.Protocol == IpProtocol.Icmp);

    private DropReason TakeLocal(in FrameRef frame, in ParsedFrame parsed)
    {
        if (parsed.Protocol == IpProtocol.Icmp)
        {
            return TakePing(in frame, in parsed);
        }
        return DropReason.ProtocolUnsupported;
    }

    private DropReason TakePing(in FrameRef frame, in ParsedFrame parsed)
    {
        if (!Facts.Has(NetworkFlags.Gateway) || frame.Head[parsed.L4Offset] != IcmpView.EchoRequest)
        {
            return DropReason.ProtocolUnsupported;
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
