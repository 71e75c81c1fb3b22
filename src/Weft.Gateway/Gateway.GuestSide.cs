using Weft.Engine;
using Weft.Gateway.Arp;
using Weft.Gateway.Icmp;
using Weft.Gateway.Nat;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>The way back to the guests: neighbours, the outbox, and ICMP errors about what could not be done.</summary>
public sealed unsafe partial class Gateway : IGuestSide, IUnreachable, IIcmpErrors, IDeadlines
{
    public long NextDeadline => _resolver.NextDeadline;

    public int RoomToward(IpAddress guest)
    {
        int room = _neighbours.TryFind(guest, out Neighbour neighbour) ? _room.RoomToward(neighbour.Mac, neighbour.Vlan) : Port.Plenty;
        return room == Port.Plenty ? room : Math.Max(0, room - _outbox.Segments);
    }

    public ulong PortOf(IpAddress guest) =>
        _neighbours.TryFind(guest, out Neighbour neighbour) ? _room.TagOf(neighbour.Mac, neighbour.Vlan) : 0;

    public byte* Rent(int l3Length) => _outbox.Rent(l3Length);

    public void Send(IpAddress guest, int l3Length, in Offload offload)
    {
        if (_neighbours.TryFind(guest, out Neighbour neighbour))
        {
            _outbox.Send(neighbour.Mac, Facts.GatewayMac, neighbour.Vlan, l3Length, in offload);
            Wake();
            return;
        }
        // The packet is lost; whoever sent it sends it again. By then the guest has answered.
        _counters->Drop(DropReason.NoRoute);
        if (Facts.Contains(guest) && _resolver.Want(guest, Now))
        {
            _deadlines.Changed();
            Ask(guest);
        }
    }

    public void Wake() => _port.Ready();

    public void OnDeadline(long now)
    {
        while (_resolver.TryTakeDue(now, out IpAddress address))
        {
            Ask(address);
        }
        _deadlines.Changed();
        Wake();
    }

    void IUnreachable.Tell(in FlowKey key, byte code, uint firstWord)
    {
        byte* offending = stackalloc byte[Ipv4View.Size + 8];
        Ipv4Header.Write(offending, new Ipv4Fields(key.Guest, key.Peer, (byte)key.Protocol, Ipv4View.Size + TcpView.Size));
        NetworkOrder.Write16(offending + Ipv4View.Size, key.GuestPort);
        NetworkOrder.Write16(offending + Ipv4View.Size + 2, key.PeerPort);
        NetworkOrder.Write32(offending + Ipv4View.Size + 4, firstWord);
        SendError(Facts.Gateway, new ReadOnlySpan<byte>(offending, Ipv4View.Size + 8), IcmpView.Unreachable, code, 0);
    }

    void IIcmpErrors.Send(IpAddress from, ReadOnlySpan<byte> offending, byte type, byte code, ushort info)
    {
        if (IcmpError.IsAllowed(Facts, offending, Facts.GatewayMac))
        {
            SendError(from, offending, type, code, info);
        }
    }

    /// <summary>Sends an ICMP error about a guest's frame, where RFC 1812 allows one.</summary>
    private void Tell(in FrameRef frame, in ParsedFrame parsed, byte type, byte code)
    {
        ReadOnlySpan<byte> offending = new(frame.Head + parsed.L3Offset, Math.Min(frame.HeadLength - parsed.L3Offset, parsed.L3Length));
        if (IcmpError.IsAllowed(Facts, offending, parsed.DestinationMac))
        {
            SendError(Facts.Gateway, offending, type, code, 0);
        }
    }

    private void SendError(IpAddress from, ReadOnlySpan<byte> offending, byte type, byte code, ushort info)
    {
        if (!Ipv4View.TryParse(offending, int.MaxValue, out Ipv4View ip))
        {
            return;
        }
        IpAddress guest = ip.Source;
        if (!_errorLimit.TryTake(guest, Now))
        {
            _counters->Drop(DropReason.RateLimited);
            return;
        }
        byte* packet = _outbox.Rent(IcmpError.MaxSize);
        if (packet == null)
        {
            return;
        }
        int length = IcmpError.Write(packet, from, offending, type, code, info);
        if (length > 0)
        {
            Send(guest, length, default);
        }
    }

    private void Learn(IpAddress address, MacAddress mac, ushort vlan)
    {
        if (_neighbours.Learn(Facts, address, mac, vlan, Now) is NeighbourChange.Added or NeighbourChange.Moved)
        {
            Learned(address);
        }
    }

    private void Learned(IpAddress address)
    {
        _resolver.Resolved(address);
        if (_neighbours.TryFind(address, out Neighbour neighbour))
        {
            _parts.Neighbours.Note(Facts.NetworkId, address, neighbour.Mac, neighbour.Vlan);
        }
    }

    private void Ask(IpAddress address)
    {
        byte* frame = _outbox.Rent(ArpFrame.MaxSize);
        if (frame != null)
        {
            _outbox.SendFrame(ArpFrame.WriteRequest(frame, Facts, address));
            Wake();
        }
    }
}
