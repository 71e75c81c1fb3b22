using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Arp;

/// <summary>
/// Theory. RFC 826 with RFC 5227, for the addresses that the gateway itself owns:
///   request for one of ours         → reply, also to a probe (sender 0.0.0.0): the address is in use
///   request or probe for another    → no word: only its owner may answer
///   announcement, any sender fields → learned, when the sender's MAC is the frame's own source
///   sender claims one of ours       → conflict: defended by one announcement, at most every 10 s (RFC 5227 §2.4 b)
/// A frame whose ARP sender differs from its Ethernet source is answered but teaches nothing.
/// </summary>
internal sealed unsafe class ArpResponder
{
    private const long DefendInterval = 10_000_000;

    private long _defendedAt = -DefendInterval;

    /// <summary>Takes in the ARP packet of <paramref name="frame"/> (Ethernet header included).</summary>
    /// <param name="to">Room for <see cref="ArpFrame.MaxSize"/> bytes.</param>
    /// <param name="now">Lane time in microseconds.</param>
    public ArpOutcome Handle(NetworkFacts facts, NeighbourTable neighbours, ReadOnlySpan<byte> frame, byte* to, long now)
    {
        DropReason reason = Judge(facts, frame, out ArpVerdict verdict, out EthernetView ethernet, out ArpView arp);
        if (verdict is ArpVerdict.Nothing)
        {
            return new ArpOutcome(0, reason);
        }
        if (verdict is ArpVerdict.Conflict)
        {
            return Defend(facts, arp.SenderIp, ethernet.Vlan, to, now);
        }
        NeighbourChange change = arp.SenderMac == ethernet.Source
            ? neighbours.Learn(facts, arp.SenderIp, arp.SenderMac, ethernet.Vlan, now)
            : NeighbourChange.Refused;
        int length = verdict is ArpVerdict.Answer
            ? ArpFrame.WriteReply(to, facts, arp.TargetIp, (arp.SenderMac, arp.SenderIp), ethernet.Vlan)
            : 0;
        return new ArpOutcome(length, DropReason.None) { Change = change };
    }

    /// <summary>What the packet is; nothing is learned or answered.</summary>
    public static DropReason Judge(NetworkFacts facts, ReadOnlySpan<byte> frame, out ArpVerdict verdict) =>
        Judge(facts, frame, out verdict, out _, out _);

    private static DropReason Judge(NetworkFacts facts, ReadOnlySpan<byte> frame, out ArpVerdict verdict, out EthernetView ethernet, out ArpView arp)
    {
        verdict = ArpVerdict.Nothing;
        arp = default;
        if (!EthernetView.TryParse(frame, out ethernet) || ethernet.Type != EtherType.Arp)
        {
            return DropReason.Truncated;
        }
        if (!ArpView.TryParse(ethernet.Payload, out arp) || arp.SenderMac.IsGroup || arp.Operation is not (ArpView.Request or ArpView.Reply))
        {
            return DropReason.BadHeader;
        }
        if (facts.IsOurs(arp.SenderIp))
        {
            verdict = arp.SenderMac == facts.GatewayMac ? ArpVerdict.Nothing : ArpVerdict.Conflict;
            return arp.SenderMac == facts.GatewayMac ? DropReason.SamePort : DropReason.None;
        }
        verdict = arp.Operation == ArpView.Request && facts.IsOurs(arp.TargetIp) ? ArpVerdict.Answer : ArpVerdict.Learn;
        return DropReason.None;
    }

    private ArpOutcome Defend(NetworkFacts facts, IpAddress claimed, ushort vlan, byte* to, long now)
    {
        if (now - _defendedAt < DefendInterval)
        {
            return new ArpOutcome(0, DropReason.None, IsConflict: true);
        }
        _defendedAt = now;
        return new ArpOutcome(ArpFrame.WriteAnnouncement(to, facts, claimed, vlan), DropReason.None, IsConflict: true);
    }
}
