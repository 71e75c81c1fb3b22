using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>Birth of flows and mappings: policy, then caps (the same guest's oldest gives way), then socket → keeper → record.</summary>
internal sealed unsafe partial class UdpTranslator
{
    private const int TooManyFiles = -24;
    private const int TooManyFilesInSystem = -23;

    private DropReason FindOrOpen(in FrameRef frame, in ParsedFrame packet, out int flow)
    {
        flow = Find(in packet);
        if (flow >= 0)
        {
            return DropReason.None;
        }
        DropReason verdict = MayLeave(in packet, out HostEnd guestPeer, out HostEnd hostPeer);
        if (verdict is DropReason.PolicyLoopback or DropReason.PolicyControlPort)
        {
            Tell(_side.Facts.Gateway, in frame, in packet, IcmpView.Unreachable, IcmpView.CodeProhibited);
        }
        if (verdict != DropReason.None)
        {
            return verdict;
        }
        verdict = FindOrOpenMapping(packet.Source, packet.SourcePort, out int socket);
        return verdict == DropReason.None ? OpenFlow(socket, new HostEnd(packet.Source, packet.SourcePort), guestPeer, hostPeer, out flow) : verdict;
    }

    private DropReason FindOrOpenMapping(IpAddress guest, ushort guestPort, out int socket)
    {
        socket = _table.FindSocket(UdpSocketRecord.KeyOf(NetworkId, guest, guestPort));
        if (socket >= 0)
        {
            return DropReason.None;
        }
        FlowKey account = UdpSocketRecord.KeyOf(NetworkId, guest, 0);
        if (_table.SocketLists.CountOf(in account) >= _table.SocketsPerGuest)
        {
            EvictSocket(in account, DropReason.FlowLimit);
        }
        int descriptor = OpenDescriptor(in account);
        if (descriptor < 0)
        {
            return descriptor is TooManyFiles or TooManyFilesInSystem ? DropReason.DescriptorLimit : DropReason.NoMemory;
        }
        var record = new UdpSocketRecord { NetworkId = NetworkId, Guest = guest, GuestPort = guestPort };
        return Adopt(descriptor, in record, UdpSocketKind.Mapping, out socket);
    }

    /// <summary>At the descriptor limit the guest's own oldest mapping gives way.</summary>
    private int OpenDescriptor(in FlowKey account)
    {
        if (IsOutOfDescriptors(in account))
        {
            return TooManyFiles;
        }
        if (_table.Host.Keeper.IsFull)
        {
            EvictSocket(in account, DropReason.DescriptorLimit);
        }
        int descriptor = _sockets.OpenUdp(_side.Facts.Source);
        if (descriptor is TooManyFiles or TooManyFilesInSystem && EvictSocket(in account, DropReason.DescriptorLimit))
        {
            descriptor = _sockets.OpenUdp(_side.Facts.Source);
        }
        return descriptor;
    }

    /// <summary>Makes an open descriptor ours: keeper, record, tables. It is closed when that fails.</summary>
    private DropReason Adopt(int descriptor, in UdpSocketRecord filled, UdpSocketKind kind, out int socket)
    {
        socket = _table.RentSocket();
        if (socket < 0)
        {
            _table.Host.Kept.End(descriptor, -1, abort: true);
            return DropReason.FlowLimit;
        }
        ref UdpSocketRecord record = ref _table.SocketRecordsAll[socket];
        ulong generation = _table.NextGeneration();
        RecordStamp.Write(ref record.Stamp, generation, 0);
        DropReason reason = TryKeep(descriptor, out int slot);
        if (reason == DropReason.None && kind == UdpSocketKind.Mapping && !_table.SocketLists.TryAdd(socket, UdpTable.AccountOf(in filled)))
        {
            reason = DropReason.FlowLimit;
        }
        if (reason != DropReason.None)
        {
            _table.Host.Kept.End(descriptor, slot, abort: true);
            _table.ReturnSocket(socket);
            return reason;
        }
        ulong stamp = record.Stamp;
        record = filled;
        record.Stamp = stamp;
        record.Slot = slot;
        _table.Sockets[socket] = new UdpSocket { Descriptor = descriptor, Owner = _self, FirstFlow = -1, Generation = generation };
        _table.LinkSocket(socket);
        RecordStamp.Write(ref record.Stamp, generation, (byte)kind);
        Watch(socket);
        return DropReason.None;
    }

    private DropReason TryKeep(int descriptor, out int slot)
    {
        IDescriptorKeeper keeper = _table.Host.Keeper;
        slot = keeper.Add(descriptor);
        return slot < 0 && keeper.IsCovered ? DropReason.KeeperBusy : DropReason.None;
    }

    private DropReason OpenFlow(int socket, HostEnd guest, HostEnd guestPeer, HostEnd hostPeer, out int flow)
    {
        ref UdpSocketRecord socketRecord = ref _table.SocketRecordsAll[socket];
        FlowKey account = UdpTable.AccountOf(in socketRecord);
        bool isForward = socketRecord.Kind == UdpSocketKind.Forward;
        // The socket must outlive what gives way for its new flow, even if that was its last.
        _table.Sockets[socket].FlowCount++;
        GiveWay(socket, guest, guestPeer, hostPeer);
        if (_table.FlowLists.CountOf(in account) >= (isForward ? UdpLimits.FlowsPerForward : _table.FlowsPerGuest))
        {
            EvictFlow(in account);
        }
        flow = _table.RentFlow();
        if (flow < 0 && EvictFlow(in account))
        {
            flow = _table.RentFlow();
        }
        _table.Sockets[socket].FlowCount--;
        if (flow >= 0 && !_table.FlowLists.TryAdd(flow, in account))
        {
            _table.ReturnFlow(flow);
            flow = -1;
        }
        if (flow < 0)
        {
            EndIfUnused(socket);
            return DropReason.FlowLimit;
        }
        ref UdpFlowRecord record = ref _table.FlowRecordsAll[flow];
        ulong generation = _table.NextGeneration();
        RecordStamp.Write(ref record.Stamp, generation, 0);
        record.Socket = socket;
        record.SocketGeneration = (uint)_table.Sockets[socket].Generation;
        record.NetworkId = NetworkId;
        (record.Guest, record.GuestPort) = (guest.Address, guest.Port);
        (record.GuestPeer, record.GuestPeerPort) = (guestPeer.Address, guestPeer.Port);
        (record.HostPeer, record.HostPeerPort) = (hostPeer.Address, hostPeer.Port);
        record.TwoWay = 0;
        RecordStamp.Write(ref record.Stamp, generation, UdpFlowRecord.Open);
        _table.LinkFlow(flow);
        return DropReason.None;
    }

    /// <summary>Two names of one host end (the gateway's address and the DNS address, say), or a client that the guest also
    /// wrote to by itself: the older flow gives way, since a datagram can belong to one only.</summary>
    private void GiveWay(int socket, HostEnd guest, HostEnd guestPeer, HostEnd hostPeer)
    {
        if (_table.FindByHost(socket, hostPeer) is var byHost and >= 0)
        {
            EndFlow(byHost);
        }
        var key = new FlowKey(NetworkId, guest.Address, guestPeer.Address, guest.Port, guestPeer.Port, IpProtocol.Udp);
        if (_table.FindByGuest(in key) is var byGuest and >= 0)
        {
            EndFlow(byGuest);
        }
    }

    private void EndIfUnused(int socket)
    {
        if (_table.Sockets[socket].FlowCount == 0 && _table.SocketRecordsAll[socket].Kind == UdpSocketKind.Mapping)
        {
            EndSocket(socket);
        }
    }

    private bool EvictFlow(in FlowKey account)
    {
        int oldest = _table.FlowLists.OldestOf(in account);
        if (oldest < 0)
        {
            return false;
        }
        Drop(DropReason.FlowLimit);
        EndFlow(oldest);
        return true;
    }

    private bool EvictSocket(in FlowKey account, DropReason why)
    {
        int oldest = _table.SocketLists.OldestOf(in account);
        if (oldest < 0)
        {
            return false;
        }
        Drop(why);
        EndSocket(oldest);
        return true;
    }
}
