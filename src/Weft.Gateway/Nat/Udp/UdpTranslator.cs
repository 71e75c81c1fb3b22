using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>
/// Theory. UDP of one network between its guests and the host's sockets. A datagram's way:
///   guest → host (<c>FromGuest</c>): check, find its flow or open one (<c>Open</c>: policy, caps, mapping), send from the
///     mapping's socket straight out of the guest's frame, TTL one less.
///   host → guest (<c>ToGuest</c>): a socket that is ready queues here; <see cref="Produce"/> reads as many datagrams as there is
///     room toward the guest, finds the flow by its sender, writes a packet, or fragments where it is larger than the MTU.
///   errors (<c>Errors</c>): the socket's error queue says which datagram failed where; the guest gets the same ICMP error about
///     the packet as it sent it.
///   forwards (<c>Forward</c>): a listening socket; each outside client becomes a flow.
/// Birth: socket → keeper → record, in one turn; UDP waits for no answer, so the datagram goes at once. Death: record cleared,
/// then <see cref="IKeptDescriptors"/>. Where policy mapped a peer (the gateway's address is the host's loopback, the DNS
/// address its resolver), the flow keeps both names and each side sees its own.
/// Sources: RFC 768, 791, 1122, 4787. Limits: IPv4; whole datagrams from guests only (the gateway drops and counts fragments).
/// </summary>
internal sealed unsafe partial class UdpTranslator : IDisposable
{
    private const int DatagramsPerStep = 16;

    private readonly UdpTable _table;
    private readonly IGuestSide _side;
    private readonly IIcmpErrors _errors;
    private readonly IForwardTargets _targets;
    private readonly PortCounters* _counters;
    private readonly IHostSockets _sockets;
    private readonly ushort _self;
    private ushort _identification;
    private int _queueFirst = -1;
    private int _queueLast = -1;
    private int _queueCount;

    /// <param name="counters">Of the gateway's port: drops are counted here.</param>
    public UdpTranslator(UdpTable table, IGuestSide side, IIcmpErrors errors, IForwardTargets targets, PortCounters* counters)
    {
        _table = table;
        _side = side;
        _errors = errors;
        _targets = targets;
        _counters = counters;
        _sockets = table.Host.Sockets;
        _identification = (ushort)table.Lane.Now;
        _self = table.Add(this);
    }

    public ulong NetworkId => _side.Facts.NetworkId;

    /// <summary>True when <see cref="Produce"/> has something to do.</summary>
    public bool HasWork => _queueCount > 0;

    /// <summary>A socket of ours has something to say.</summary>
    public void OnSocket(int socket, Ready what)
    {
        if ((what & (Ready.Error | Ready.HangUp)) != 0)
        {
            TakeErrors(socket);
        }
        if ((what & Ready.Read) != 0)
        {
            Queue(socket);
        }
        _side.Wake();
    }

    public void Watch(int socket) =>
        _table.Lane.Readiness.Watch(_table.Sockets[socket].Descriptor, _table.TokenOf(socket), Ready.Read);

    /// <summary>Ends one flow, and its mapping with the last one.</summary>
    public void EndFlow(int flow)
    {
        int socket = Detach(flow);
        if (_table.Sockets[socket].FlowCount == 0 && _table.SocketRecordsAll[socket].Kind == UdpSocketKind.Mapping)
        {
            EndSocket(socket);
        }
    }

    /// <summary>Ends a socket with all its flows.</summary>
    public void EndSocket(int socket)
    {
        while (_table.Sockets[socket].FirstFlow is var flow and >= 0)
        {
            Detach(flow);
        }
        ref UdpSocketRecord record = ref _table.SocketRecordsAll[socket];
        RecordStamp.Clear(ref record.Stamp);
        Unqueue(socket);
        _table.Host.Kept.End(_table.Sockets[socket].Descriptor, record.Slot, abort: true);
        _table.ReleaseSocket(socket);
    }

    /// <summary>Ends everything of this network.</summary>
    public void Dispose()
    {
        _table.EndAllOf(this, _self);
        _table.Remove(_self);
    }

    private int Detach(int flow)
    {
        ref UdpFlowRecord record = ref _table.FlowRecordsAll[flow];
        RecordStamp.Clear(ref record.Stamp);
        _table.ReleaseFlow(flow);
        return record.Socket;
    }

    private void Queue(int index)
    {
        ref UdpSocket socket = ref _table.Sockets[index];
        if (socket.IsQueued)
        {
            return;
        }
        socket.IsQueued = true;
        socket.QueueNext = -1;
        socket.QueuePrevious = _queueLast;
        if (_queueLast >= 0)
        {
            _table.Sockets[_queueLast].QueueNext = index;
        }
        else
        {
            _queueFirst = index;
        }
        _queueLast = index;
        _queueCount++;
    }

    private void Unqueue(int index)
    {
        ref UdpSocket socket = ref _table.Sockets[index];
        if (!socket.IsQueued)
        {
            return;
        }
        socket.IsQueued = false;
        _queueCount--;
        if (socket.QueuePrevious >= 0)
        {
            _table.Sockets[socket.QueuePrevious].QueueNext = socket.QueueNext;
        }
        else
        {
            _queueFirst = socket.QueueNext;
        }
        if (socket.QueueNext >= 0)
        {
            _table.Sockets[socket.QueueNext].QueuePrevious = socket.QueuePrevious;
        }
        else
        {
            _queueLast = socket.QueuePrevious;
        }
    }

    private void Drop(DropReason reason) => _counters->Drop(reason);
}
