using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Arp;
using Weft.Gateway.Icmp;
using Weft.Gateway.Nat.Forwards;
using Weft.Gateway.Nat.Tcp;
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
public sealed unsafe partial class Gateway : IEndpoint, IRoomListener, ITurnEnd, IGuestCalls
{
    private readonly GatewayParts _parts;
    private readonly Port _port;
    private readonly PortCounters* _counters;
    private readonly Outbox _outbox = new();
    private readonly NeighbourTable _neighbours = new();
    private readonly ArpResponder _arp = new();
    private readonly ArpResolver _resolver = new();
    private readonly IcmpErrorLimit _errorLimit = new();
    private readonly TcpTranslator _tcp;

    /// <param name="port">The switch port that this gateway is plugged into.</param>
    internal Gateway(NetworkFacts facts, GatewayParts parts, Port port)
    {
        Facts = facts;
        _parts = parts;
        _port = port;
        _counters = port.Counters;
        _tcp = new TcpTranslator(parts.Tcp, this, this, _counters);
        parts.Neighbours.Restore(facts, _neighbours, Now);
        parts.Lane.Add((IDeadlines)this);
        parts.Lane.Add((ITurnEnd)this);
    }

    public NetworkFacts Facts { get; private set; }

    public EndpointCaps Caps => new(65_550, EndpointOffloads.All);

    public int Room => _outbox.HasRoom ? Burst.Capacity : 0;

    private long Now => _parts.Lane.Now;

    /// <summary>Services and policy of the running network change; its address stays.</summary>
    public void Change(in NetworkRecord record) => Facts = NetworkFacts.From(in record);

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        foreach (ref readonly FrameRef frame in frames)
        {
            DropReason reason = Take(in frame);
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
        _outbox.Lend(burst);
        return !_outbox.IsEmpty || _tcp.HasWork;
    }

    public void Release(Burst burst) => _outbox.TakeBack();

    public void RoomAgain()
    {
        _tcp.Unpark();
        Wake();
    }

    /// <summary>The keeper has caught up in this turn: what waited for it goes on.</summary>
    public void OnTurnEnd()
    {
        if (_tcp.HasParked && _parts.Host.Keeper.AllKept)
        {
            RoomAgain();
        }
    }

    public void Dispose()
    {
        _parts.Lane.Remove((IDeadlines)this);
        _parts.Lane.Remove((ITurnEnd)this);
        _tcp.Dispose();
        _neighbours.Dispose();
        _outbox.Dispose();
    }

    private DropReason Take(in FrameRef frame)
    {
        ParseResult result = ParsedFrame.TryParse(frame.Head, frame.HeadLength, frame.Length, out ParsedFrame parsed);
        if (parsed.DestinationMac != Facts.GatewayMac && !parsed.DestinationMac.IsGroup)
        {
            return result == ParseResult.Truncated ? DropReason.Truncated : DropReason.None;
        }
        if (parsed.Type == EtherType.Arp)
        {
            return TakeArp(in frame);
        }
        return result switch
        {
            ParseResult.Ok => parsed.Type == EtherType.Ipv4 ? TakeV4(in frame, in parsed) : DropReason.None,
            ParseResult.NotIp => DropReason.None,
            ParseResult.Truncated => DropReason.Truncated,
            _ => DropReason.BadHeader,
        };
    }

    private DropReason TakeV4(in FrameRef frame, in ParsedFrame parsed)
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
        if (fromGuest)
        {
            Learn(parsed.Source, parsed.SourceMac, parsed.Vlan);
        }
        if (IsLocal(in parsed))
        {
            return TakeLocal(in frame, in parsed);
        }
        if (!fromGuest || parsed.DestinationMac.IsGroup || !Facts.Has(NetworkFlags.Nat))
        {
            return parsed.DestinationMac.IsGroup ? DropReason.None : DropReason.NoRoute;
        }
        if (parsed.TimeToLive <= 1)
        {
            Tell(in frame, in parsed, IcmpView.TimeExceeded, 0);
            return DropReason.None;
        }
        return Translate(in frame, in parsed);
    }

    private DropReason Translate(in FrameRef frame, in ParsedFrame parsed)
    {
        switch (parsed.Protocol)
        {
            case IpProtocol.Tcp:
                if (!IsIntact(in frame, in parsed))
                {
                    return DropReason.BadChecksum;
                }
                FlowKey key = new(Facts.NetworkId, parsed.Source, parsed.Destination, parsed.SourcePort, parsed.DestinationPort, IpProtocol.Tcp);
                TcpSegment.Read(in frame, parsed.L4Offset, parsed.PayloadOffset, parsed.PayloadLength, out TcpSegment segment);
                _tcp.Take(in frame, in key, ref segment);
                return DropReason.None;
            default:
                return DropReason.ProtocolUnsupported;
        }
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
