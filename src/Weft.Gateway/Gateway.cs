using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Arp;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Dns;
using Weft.Gateway.Icmp;
using Weft.Gateway.Names;
using Weft.Gateway.Nat.Ping;
using Weft.Gateway.Nat.Tcp;
using Weft.Gateway.Nat.Udp;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>
/// Theory. A network's own router, an endpoint on its switch like any guest. A guest's frame meets, in this order:
///   1. parse once; not for our MAC or a group: ignored (<see cref="Take"/>)
///   2. ARP                                   → Arp/
///   3. header checksum, source learned, fragments dropped
///   4. to our own addresses: DHCP, ping, DNS → Dhcp/ Icmp/ Dns/
///   5. anything else: TTL, then translation  → Nat/Tcp Nat/Udp Nat/Ping
/// Replies go to the outbox and leave with the next poll, in the same turn. Host-side sockets wake the port by <see cref="Wake"/>.
/// </summary>
public sealed unsafe partial class Gateway : IEndpoint, IRoomListener
{
    private readonly GatewayParts _parts;
    private readonly IRoom _room;
    private readonly Port _port;
    private readonly PortCounters* _counters;
    private readonly Outbox _outbox = new();
    private readonly NeighbourTable _neighbours = new();
    private readonly ArpResponder _arp = new();
    private readonly ArpResolver _resolver = new();
    private readonly IcmpErrorLimit _errorLimit = new();
    private readonly GuestNics _nics = new();
    private readonly NameTable _names = new();
    private readonly IdleDeadlines _deadlines;
    private readonly DhcpService _dhcp;
    private readonly DnsProxy _dns;
    private readonly TcpTranslator _tcp;
    private readonly UdpTranslator _udp;
    private readonly PingTranslator _ping;

    /// <param name="port">The switch port that this gateway is plugged into.</param>
    internal Gateway(in NetworkRecord record, GatewayParts parts, IRoom room, Port port)
    {
        Facts = NetworkFacts.From(in record);
        _parts = parts;
        _room = room;
        _port = port;
        _counters = port.Counters;
        _deadlines = new IdleDeadlines(parts.Lane, this);
        _tcp = new TcpTranslator(parts.Tcp, this, this, _counters);
        _udp = new UdpTranslator(parts.Udp, this, this, this, _counters);
        _ping = new PingTranslator(parts.Ping, this, this, _counters);
        _dhcp = new DhcpService(DhcpScope.From(in record), new DhcpTables(_nics, _names, parts.LeaseSlots), parts.Journal);
        _dns = new DnsProxy(this, _names, parts.Lane, parts.Host.Sockets) { Responder = { Zones = new DnsZones(record.Domain.ToString()) } };
        _names.SetFixed(Facts);
        _dhcp.Restore(LeaseNow);
        parts.Neighbours.Restore(Facts, _neighbours, Now);
    }

    public NetworkFacts Facts { get; private set; }

    public EndpointCaps Caps => new(65_550, EndpointOffloads.All);

    public int Room => _outbox.HasRoom ? Burst.Capacity : 0;

    private long Now => _parts.Lane.Now;

    private LeaseTime LeaseNow => new(Now, _parts.Lane.UnixSeconds);

    /// <summary>Services and policy of the running network change; its address stays.</summary>
    public void Change(in NetworkRecord record)
    {
        Facts = NetworkFacts.From(in record);
        _dhcp.Change(DhcpScope.From(in record));
        _names.SetFixed(Facts);
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        var trace = default(NoTrace);
        foreach (ref readonly FrameRef frame in frames)
        {
            DropReason reason = Take(in frame, ref trace);
            if (reason != DropReason.None)
            {
                _counters->Drop(reason);
            }
        }
        _tcp.EndOfBurst();
        Wake();
    }

    public bool Poll(Burst burst)
    {
        if (_tcp.HasWork)
        {
            _tcp.Produce();
        }
        if (_udp.HasWork)
        {
            _udp.Produce();
        }
        if (_ping.HasWork)
        {
            _ping.Produce();
        }
        _outbox.Lend(burst);
        // What made no frame now waits for room or for the keeper: it is told, it does not spin. Nobody tells what only discards.
        return (burst.Count > 0 || _tcp.IsDiscarding) && (!_outbox.IsEmpty || _tcp.HasWork || _udp.HasWork || _ping.HasWork);
    }

    public void Release(Burst burst)
    {
        _outbox.TakeBack();
        if (burst.Count > 0 && _tcp.HasParked)
        {
            // What waited behind this burst, not behind a full port, goes on.
            RoomAgain();
        }
    }

    public void RoomAgain()
    {
        _tcp.Unpark();
        Wake();
    }

    /// <summary>The keeper has caught up: what waited for it goes on.</summary>
    internal void KeeperHasAll()
    {
        if (_tcp.WaitsForKeeper)
        {
            RoomAgain();
        }
    }

    public void Dispose()
    {
        _deadlines.Dispose();
        _tcp.Dispose();
        _udp.Dispose();
        _ping.Dispose();
        _dns.Dispose();
        _neighbours.Dispose();
        _outbox.Dispose();
    }

    private DropReason Take<TTrace>(in FrameRef frame, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        ParseResult result = ParsedFrame.TryParse(frame.Head, frame.HeadLength, frame.Length, out ParsedFrame parsed);
        if (parsed.DestinationMac != Facts.GatewayMac && !parsed.DestinationMac.IsGroup)
        {
            return result == ParseResult.Truncated ? DropReason.Truncated : DropReason.None;
        }
        if (parsed.Type == EtherType.Arp)
        {
            return TTrace.IsOn ? AskArp(in frame, ref trace) : TakeArp(in frame);
        }
        return result switch
        {
            ParseResult.Ok => parsed.Type == EtherType.Ipv4 ? TakeV4(in frame, in parsed, ref trace) : DropReason.None,
            ParseResult.NotIp => DropReason.None,
            ParseResult.Truncated => DropReason.Truncated,
            _ => DropReason.BadHeader,
        };
    }

    private DropReason TakeV4<TTrace>(in FrameRef frame, in ParsedFrame parsed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        byte* ip = frame.Head + parsed.L3Offset;
        if (!Checksum.IsRight(Checksum.Sum(ip, parsed.L4Offset - parsed.L3Offset)))
        {
            return DropReason.BadChecksum;
        }
        if (parsed.IsFragment)
        {
            return DropReason.Fragment;
        }
        bool fromGuest = Facts.Contains(parsed.Source) && !Facts.IsOurs(parsed.Source);
        if (fromGuest && !TTrace.IsOn)
        {
            Learn(parsed.Source, parsed.SourceMac, parsed.Vlan);
        }
        if (IsLocal(in parsed))
        {
            return TakeLocal(in frame, in parsed, ref trace);
        }
        if (!fromGuest || parsed.DestinationMac.IsGroup || !Facts.Has(NetworkFlags.Nat))
        {
            return parsed.DestinationMac.IsGroup ? DropReason.None : DropReason.NoRoute;
        }
        if (parsed.TimeToLive <= 1)
        {
            trace.Decided(FrameFate.TimeExceeded);
            if (!TTrace.IsOn)
            {
                Tell(in frame, in parsed, IcmpView.TimeExceeded, 0);
            }
            return DropReason.None;
        }
        return Translate(in frame, in parsed, ref trace);
    }

    private DropReason Translate<TTrace>(in FrameRef frame, in ParsedFrame parsed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        switch (parsed.Protocol)
        {
            case IpProtocol.Tcp:
                return TranslateTcp(in frame, in parsed, ref trace);
            case IpProtocol.Udp when TTrace.IsOn:
                return _udp.Ask(in frame, in parsed, ref trace);
            case IpProtocol.Udp:
                _udp.Take(in frame, in parsed);
                return DropReason.None;
            case IpProtocol.Icmp when TTrace.IsOn:
                return _ping.Ask(in frame, in parsed, ref trace);
            case IpProtocol.Icmp:
                _ping.Take(in frame, in parsed);
                return DropReason.None;
            default:
                if (!TTrace.IsOn)
                {
                    Tell(in frame, in parsed, IcmpView.Unreachable, IcmpView.CodeProtocolUnreachable);
                }
                return DropReason.ProtocolUnsupported;
        }
    }

    private DropReason TranslateTcp<TTrace>(in FrameRef frame, in ParsedFrame parsed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (!IsIntact(in frame, in parsed))
        {
            return DropReason.BadChecksum;
        }
        HostEnd upstream = TTrace.IsOn ? _parts.Host.Access.Upstream : default;
        if (IsDns(in parsed))
        {
            _parts.Host.Access.Upstream = _dns.Forwarder.Upstreams.Current(Now);
        }
        FlowKey key = new(Facts.NetworkId, parsed.Source, parsed.Destination, parsed.SourcePort, parsed.DestinationPort, IpProtocol.Tcp);
        TcpSegment.Read(in frame, parsed.L4Offset, parsed.PayloadOffset, parsed.PayloadLength, out TcpSegment segment);
        if (TTrace.IsOn)
        {
            DropReason reason = _tcp.Ask(in key, ref segment, ref trace);
            _parts.Host.Access.Upstream = upstream;
            return reason;
        }
        _tcp.Take(in frame, in key, ref segment);
        return DropReason.None;
    }

    /// <summary>The transport checksum is right, or the frame's own header vouches for it.</summary>
    private static bool IsIntact(in FrameRef frame, in ParsedFrame parsed)
    {
        if ((frame.Offload.Flags & (Offload.NeedsChecksum | Offload.ChecksumValid)) != 0)
        {
            return true;
        }
        ChecksumRun run = new(Checksum.Pseudo(parsed.Source, parsed.Destination, parsed.Protocol, parsed.L4Length));
        FrameBytes.Sum(in frame, parsed.L4Offset, parsed.L4Length, ref run);
        return Checksum.IsRight(run.Sum);
    }
}
