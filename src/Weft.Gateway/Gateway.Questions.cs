using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Gateway.Arp;
using Weft.Gateway.Icmp;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>
/// Frames that only ask (<c>weft why</c>). They go the way of every frame as far as it only decides; here is what is decided
/// where a frame would then do something, by the functions that the doing asks too.
/// </summary>
public sealed unsafe partial class Gateway
{
    /// <summary>Decides about a frame that was delivered here. The reason is what would be counted.</summary>
    public DropReason Ask<TTrace>(in FrameRef frame, ref TTrace trace)
        where TTrace : struct, ITrace => Take(in frame, ref trace);

    /// <summary>What a client of a forward to <paramref name="guest"/> would meet, up to the frame toward the guest.</summary>
    /// <param name="guest">Its port is the guest's; its address is filled where the forward goes by name.</param>
    /// <param name="mac">The guest's, to send to; zero where it is asked for by ARP first.</param>
    public DropReason AskForward(string name, byte protocol, ref HostEnd guest, out MacAddress mac)
    {
        mac = default;
        if (guest.Address.IsNone)
        {
            if (!TryAddressOf(name, out IpAddress address))
            {
                return DropReason.NoRoute;
            }
            guest = guest with { Address = address };
        }
        if (_neighbours.TryFind(guest.Address, out Neighbour neighbour))
        {
            mac = neighbour.Mac;
        }
        return protocol == IpProtocol.Tcp ? _tcp.MayCreate(guest.Address, PortOf(guest.Address)) : DropReason.None;
    }

    private DropReason AskArp<TTrace>(in FrameRef frame, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        DropReason reason = ArpResponder.Judge(Facts, new ReadOnlySpan<byte>(frame.Head, frame.HeadLength), out ArpVerdict verdict);
        trace.Decided(verdict == ArpVerdict.Answer ? FrameFate.ArpAnswered : FrameFate.Ignored);
        return reason;
    }

    private DropReason AskService<TTrace>(in ParsedFrame parsed, ReadOnlySpan<byte> message, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (parsed.DestinationPort == DhcpPort)
        {
            trace.Decided(FrameFate.Dhcp);
            return DropReason.None;
        }
        DropReason reason = _dns.Judge(new HostEnd(parsed.Source, parsed.SourcePort), message, out FrameFate fate);
        trace.Decided(fate, fate == FrameFate.DnsForwarded ? _dns.Forwarder.Upstreams.Current(Now) : default);
        return reason == DropReason.None && fate == FrameFate.DnsAnswered ? WayBack(in parsed) : reason;
    }

    private DropReason AskPing<TTrace>(in FrameRef frame, in ParsedFrame parsed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (!_outbox.HasRoom)
        {
            return DropReason.PortFull;
        }
        byte* reply = (byte*)NativeMemory.Alloc((nuint)EchoResponder.ReplyLength(in parsed));
        DropReason reason = EchoResponder.Write(in frame, in parsed, reply);
        NativeMemory.Free(reply);
        trace.Decided(reason == DropReason.None ? FrameFate.PingAnswered : FrameFate.None);
        return reason == DropReason.None ? WayBack(in parsed) : reason;
    }

    /// <summary>An answer needs to know where the guest is. A frame would have taught it.</summary>
    private DropReason WayBack(in ParsedFrame parsed) =>
        NeighbourTable.WouldLearn(Facts, parsed.Source, parsed.SourceMac) || _neighbours.TryFind(parsed.Source, out _)
            ? DropReason.None
            : DropReason.NoRoute;
}
