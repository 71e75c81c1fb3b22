namespace Weft.Engine;

/// <summary>The words for every <see cref="DropReason"/>: what <c>status</c>, <c>why</c>, captures and metrics show.</summary>
public static class DropReasons
{
    private static readonly DropReasonText[] Texts = Fill();

    /// <summary>Words for <paramref name="reason"/>; for a number that is no reason, those of "unknown".</summary>
    public static DropReasonText Of(DropReason reason) => Texts[reason < DropReason.Count ? (int)reason : (int)DropReason.None];

    /// <summary>The words of every reason, in the order of their numbers.</summary>
    public static IReadOnlyList<DropReasonText> All => Texts;

    private static DropReasonText[] Fill()
    {
        var texts = new DropReasonText[(int)DropReason.Count];
        texts[(int)DropReason.None] = new("unknown", "dropped for no named reason", "Weft counted a drop without naming it.", "report it as a bug, with `weft status -o json`");
        AddFrameReasons(texts);
        AddRingReasons(texts);
        AddStreamReasons(texts);
        AddDatagramReasons(texts);
        AddSwitchReasons(texts);
        AddGatewayReasons(texts);
        AddLimitReasons(texts);
        return texts;
    }

    private static void AddFrameReasons(DropReasonText[] texts)
    {
        texts[(int)DropReason.Truncated] = new("truncated", "frame cut short",
            "It ends before its Ethernet header or a length inside it does.", "capture the port and look at the sender's driver");
        texts[(int)DropReason.Oversized] = new("oversized", "frame longer than the receiver takes",
            "The sender's MTU is larger than the network's.", "set the same MTU in every guest: `ip link set dev eth0 mtu 1500`");
        texts[(int)DropReason.BadOffload] = new("bad-offload", "offload header contradicts the frame",
            "Segment size, header length or checksum position do not fit what the frame holds.", "switch offloads off in the guest: `ethtool -K eth0 tx off tso off`");
        texts[(int)DropReason.BadHeader] = new("bad-header", "header contradicts itself",
            "Version, header length or a length field cannot be right.", "capture the port and look for malformed packets");
        texts[(int)DropReason.BadChecksum] = new("bad-checksum", "wrong checksum",
            "The frame was damaged on its way, or its sender counts on a checksum offload that the device does not have.", "switch checksum offload off in the guest: `ethtool -K eth0 tx off`");
        texts[(int)DropReason.Fragment] = new("fragment", "IP fragment not reassembled",
            "A datagram came in pieces that are not put together here, or some never came.", "send smaller datagrams, or set the same MTU everywhere");
        texts[(int)DropReason.Impaired] = new("impaired", "lost on purpose",
            "The cable of this port is impaired for a test.", "take the impairment off the port");
    }

    private static void AddRingReasons(DropReasonText[] texts)
    {
        texts[(int)DropReason.BadDescriptor] = new("bad-descriptor", "descriptor chain that cannot be",
            "The guest's driver named memory that it does not have, or a chain that the standard forbids.", "look at the guest's driver; a restart of the guest sets its card up anew");
        texts[(int)DropReason.BadRing] = new("bad-ring", "ring that cannot be",
            "The guest's driver claimed more than its ring holds; the card was disconnected.", "restart the guest; if it comes again, its driver or the hypervisor is broken");
    }

    private static void AddStreamReasons(DropReasonText[] texts)
    {
        texts[(int)DropReason.BadLength] = new("bad-length", "length in a stream that cannot be",
            "The peer announced a frame longer than any; its connection was ended, since nobody knows where the next frame begins.", "look what connects to the NIC's socket: it has to be QEMU's `-netdev stream` or `socket`");
        texts[(int)DropReason.HalfSent] = new("half-sent", "frame that went out in part",
            "The system had no memory for the rest of a frame, or the worker died over it; the connection was ended, and the guest's hypervisor may come again.", "nothing where the hypervisor connects again; else restart the guest");
    }

    private static void AddDatagramReasons(DropReasonText[] texts) =>
        texts[(int)DropReason.ForeignSender] = new("foreign-sender", "somebody else's frame",
            "A datagram came from another address or port than the NIC's 'remote:'; or the first frame of a connection, to a place where several NICs listen, had the MAC of none of them.",
            "give the address that the hypervisor sends from as 'remote:', or the MAC that `weft vm args NAME` prints; or look who sends there");

    private static void AddSwitchReasons(DropReasonText[] texts)
    {
        texts[(int)DropReason.NoCarrier] = new("no-carrier", "nobody at the other end",
            "No guest is connected to this port, so nobody could take the frame.", "start the guest; `weft vm args NAME` prints how it attaches");
        texts[(int)DropReason.Unplugged] = new("unplugged", "cable is out",
            "The NIC was unplugged with `weft nic unplug`.", "weft nic plug VM:NIC");
        texts[(int)DropReason.PortFull] = new("port-full", "receiver does not keep up",
            "The guest's receive queue was full when the frame came.", "give the guest more CPU or a longer queue; a few under load are normal");
        texts[(int)DropReason.PeerGone] = new("peer-gone", "receiver left",
            "The guest's process closed its connection while frames were on their way.", "nothing if the guest was stopped; else look why it ended");
        texts[(int)DropReason.SourceIsGroup] = new("source-is-group", "group address as source",
            "The sender's MAC address has its group bit set, which no station may use.", "give the NIC an address with an even first byte");
        texts[(int)DropReason.MacLimit] = new("mac-limit", "too many addresses on one port",
            "The guest uses more MAC addresses than its port may own: nested bridges, or a flood.", "raise the port's address limit, or stop the flood");
        texts[(int)DropReason.MacMoved] = new("mac-moved", "same address on two ports",
            "Two ports send with one MAC address; the first owner keeps it.", "give each NIC an address of its own, or look for a loop");
        texts[(int)DropReason.SamePort] = new("same-port", "destination is on the sender's own port",
            "Sender and receiver hang on one port, so the frame is already where it belongs.", "nothing: normal with a bridge inside the guest");
        texts[(int)DropReason.RateLimited] = new("rate-limited", "more than the allowed rate",
            "Answers of this kind are limited per second so that nobody is flooded.", "send fewer of them; the limit refills within a second");
    }

    private static void AddGatewayReasons(DropReasonText[] texts)
    {
        texts[(int)DropReason.NotForUs] = new("not-for-us", "not addressed to the gateway",
            "The frame came to the gateway by flooding, for a station that it is not.", "nothing: normal until the switch has learned the station");
        texts[(int)DropReason.NoRoute] = new("no-route", "no way to the destination",
            "The network has no gateway for that address, or the host has no route.", "`weft status` shows the network's mode; `ip route get ADDRESS` shows the host's way");
        texts[(int)DropReason.ProtocolUnsupported] = new("protocol-unsupported", "protocol that is not translated",
            "The gateway translates TCP, UDP and ICMP echo over IPv4.", "use one of those, or put both guests on one network");
        texts[(int)DropReason.PolicyLoopback] = new("policy-loopback", "host's loopback is closed",
            "The network's policy says `host-loopback: deny`.", "set `host-loopback: allow` on the network if guests may reach the host's own services");
        texts[(int)DropReason.PolicyControlPort] = new("policy-control-port", "Weft's own port is closed to guests",
            "No guest may reach Weft's control ports, whatever the policy.", "run `weft` on the host");
        texts[(int)DropReason.OutOfWindow] = new("out-of-window", "TCP segment outside the window",
            "Its sequence number is not one that the connection expects: late, repeated, or forged.", "nothing for a few; many mean a lossy path or an attack");
        texts[(int)DropReason.HostUnreachable] = new("host-unreachable", "destination does not answer",
            "The host's network reported the destination unreachable; the guest was told.", "check the address and the host's own connection: `ping ADDRESS`");
        texts[(int)DropReason.HostRefused] = new("host-refused", "destination refused",
            "Nobody listens on that port of the destination.", "check that the service runs and on which address it listens: `ss -ltn`");
        texts[(int)DropReason.NoDhcpLease] = new("no-dhcp-lease", "no address left to lease",
            "Every address of the network's pool is leased.", "make the pool larger or the lease time shorter");
        texts[(int)DropReason.DnsNoUpstream] = new("dns-no-upstream", "no name server to ask",
            "The host's resolv.conf names no server that can be used, or none answers.", "check /etc/resolv.conf on the host");
    }

    private static void AddLimitReasons(DropReasonText[] texts)
    {
        texts[(int)DropReason.FlowLimit] = new("flow-limit", "too many flows of one guest",
            "The guest holds as many flows as it may.", "close connections in the guest, or raise the network's flow limit");
        texts[(int)DropReason.HalfOpenLimit] = new("half-open-limit", "too many connections under way",
            "The guest has opened more connections that nobody answered than it may: a scan, or a dead destination.", "wait for the pending ones to end, or look what the guest connects to");
        texts[(int)DropReason.DescriptorLimit] = new("descriptor-limit", "out of file descriptors",
            "The worker holds as many sockets as the system allows a process.", "raise the limit before `weft up`: `ulimit -n`");
        texts[(int)DropReason.KeeperBusy] = new("keeper-busy", "flow not yet covered",
            "The keeper had not taken the new socket, so the guest was not answered; it asks again by itself.", "nothing for a few; many mean that the keeper gets no CPU");
        texts[(int)DropReason.NoMemory] = new("no-memory", "bounded store is full",
            "A store with a fixed size (delayed frames, records) had no free place.", "lower the load or the delay on the cable");
        texts[(int)DropReason.BadIntent] = new("bad-intent", "record of a flow is torn",
            "A worker died while it wrote the flow's record, so the flow could not go on.", "nothing: the guest connects again");
    }
}
