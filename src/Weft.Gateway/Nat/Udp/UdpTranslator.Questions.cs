using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>What is decided about a datagram before anything is done about it: for the doing, and for questions.</summary>
internal sealed unsafe partial class UdpTranslator
{
    /// <summary>What would become of a datagram; nothing is made, sent or counted.</summary>
    public DropReason Ask<TTrace>(in FrameRef frame, in ParsedFrame packet, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        DropReason reason = Check(in frame, in packet);
        if (reason != DropReason.None)
        {
            return reason;
        }
        if (Find(in packet) is var flow and >= 0)
        {
            trace.Decided(FrameFate.KnownFlow, _table.FlowRecordsAll[flow].HostEnd);
            return DropReason.None;
        }
        reason = MayLeave(in packet, out _, out HostEnd host);
        FlowKey account = UdpSocketRecord.KeyOf(NetworkId, packet.Source, 0);
        bool hasMapping = _table.FindSocket(UdpSocketRecord.KeyOf(NetworkId, packet.Source, packet.SourcePort)) >= 0;
        if (reason == DropReason.None && !hasMapping && IsOutOfDescriptors(in account))
        {
            reason = DropReason.DescriptorLimit;
        }
        if (reason == DropReason.None)
        {
            trace.Decided(FrameFate.NewFlow, host);
        }
        return reason;
    }

    private int Find(in ParsedFrame packet) => _table.FindByGuest(
        new FlowKey(NetworkId, packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort, IpProtocol.Udp));

    private DropReason MayLeave(in ParsedFrame packet, out HostEnd guestPeer, out HostEnd hostPeer)
    {
        guestPeer = new HostEnd(packet.Destination, packet.DestinationPort);
        return _table.Host.Access.Decide(_side.Facts, guestPeer, IpProtocol.Udp, out hostPeer);
    }

    /// <summary>No descriptor is left, and the guest has none to give up for a new one.</summary>
    private bool IsOutOfDescriptors(in FlowKey account) => _table.Host.Keeper.IsFull && _table.SocketLists.OldestOf(in account) < 0;
}
