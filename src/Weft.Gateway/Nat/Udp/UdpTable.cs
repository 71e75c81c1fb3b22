using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat.Udp;

/// <summary>
/// Theory. All UDP sockets and flows of a lane, whatever their network: records in the shared memory, one working struct per
/// record in native memory, and what finds them:
///   mapping   (network, guest address, guest port) → socket: one unconnected host socket per guest end, whatever the peer
///             (RFC 4787 REQ-1, endpoint-independent mapping)
///   guest key (network, guest end, peer as the guest sees it) → flow: the way of a guest's datagram
///   host key  (socket, peer as the host sees it) → flow: the way back. What no flow claims is dropped: only peers that the
///             guest has written to get in (address and port dependent filtering), unless a forward opens the door.
/// Accounts bound what one guest may hold; it loses its own oldest first. A mapping ends with its last flow.
/// A <see cref="UdpTranslator"/> per network does the work; this table keeps, finds, and calls back.
/// Takeover is in <c>UdpTable.Restore.cs</c>.
/// </summary>
internal sealed unsafe partial class UdpTable : IReadyTarget, IDeadlines, IDisposable
{
    /// <summary>Marks keys that name a forward.</summary>
    public const uint ForwardMark = 0x1_0000;

    private readonly FlowIndex<SocketRecords> _socketIndex;
    private readonly FlowIndex<GuestRecords> _guestIndex;
    private readonly FlowIndex<HostRecords> _hostIndex;
    private readonly IndexPool _socketPool;
    private readonly IndexPool _flowPool;
    private readonly TimerWheel _wheel;
    private readonly UdpTranslator?[] _owners = new UdpTranslator?[GatewayLane.MostNetworks];
    private readonly ushort _target;
    private ulong _generation;

    /// <param name="seed">Random; a secret from guests.</param>
    public UdpTable(Lane lane, HostSide host, RecordArray<UdpSocketRecord> sockets, RecordArray<UdpFlowRecord> flows, ulong seed)
    {
        Lane = lane;
        Host = host;
        SocketRecordsAll = sockets;
        FlowRecordsAll = flows;
        Sockets = (UdpSocket*)NativeMemory.AllocZeroed((nuint)sockets.Capacity, (nuint)sizeof(UdpSocket));
        Flows = (UdpFlow*)NativeMemory.AllocZeroed((nuint)flows.Capacity, (nuint)sizeof(UdpFlow));
        Datagram = (byte*)NativeMemory.AlignedAlloc(DatagramSize, 64);
        SocketLists = new AccountLists(sockets.Capacity, UdpLimits.Accounts, seed ^ 1);
        FlowLists = new AccountLists(flows.Capacity, UdpLimits.Accounts, seed ^ 2);
        _socketIndex = new FlowIndex<SocketRecords>(new SocketRecords(sockets), sockets.Capacity, seed ^ 3);
        _guestIndex = new FlowIndex<GuestRecords>(new GuestRecords(flows), flows.Capacity, seed ^ 4);
        _hostIndex = new FlowIndex<HostRecords>(new HostRecords(flows), flows.Capacity, seed ^ 5);
        _socketPool = new IndexPool(sockets.Capacity);
        _flowPool = new IndexPool(flows.Capacity);
        _wheel = new TimerWheel(flows.Capacity, lane.Now);
        _target = lane.Register(this);
        lane.Add((IDeadlines)this);
    }

    /// <summary>Bytes behind <see cref="Datagram"/>: the largest datagram and a UDP header in front.</summary>
    public const int DatagramSize = 65_536 + UdpView.Size;

    public Lane Lane { get; }

    public HostSide Host { get; }

    public RecordArray<UdpSocketRecord> SocketRecordsAll { get; }

    public RecordArray<UdpFlowRecord> FlowRecordsAll { get; }

    public UdpSocket* Sockets { get; }

    public UdpFlow* Flows { get; }

    /// <summary>Lane memory for one datagram on its way; nothing stays in it.</summary>
    public byte* Datagram { get; }

    public AccountLists SocketLists { get; }

    public AccountLists FlowLists { get; }

    /// <summary>Most flows of one guest: half the table at the most.</summary>
    public int FlowsPerGuest => Math.Min(UdpLimits.FlowsPerGuest, FlowRecordsAll.Capacity / 2);

    public int SocketsPerGuest => Math.Min(UdpLimits.SocketsPerGuest, SocketRecordsAll.Capacity / 2);

    public int SocketCount => _socketPool.Count;

    public int FlowCount => _flowPool.Count;

    /// <summary>Flows with a timer.</summary>
    public int TimerCount => _wheel.Count;

    public long NextDeadline => _wheel.NextDeadline;

    public ushort Add(UdpTranslator owner)
    {
        int at = Array.IndexOf(_owners, null);
        _owners[at] = owner;
        return (ushort)at;
    }

    public void Remove(ushort owner) => _owners[owner] = null;

    public int FindSocket(in FlowKey key) => _socketIndex.Find(in key);

    public int FindByGuest(in FlowKey key) => _guestIndex.Find(in key);

    public int FindByHost(int socket, HostEnd peer) => _hostIndex.Find(UdpFlowRecord.HostKeyOf(socket, peer));

    public ulong NextGeneration() => ++_generation;

    /// <summary>A free socket index, or −1.</summary>
    public int RentSocket() => _socketPool.Rent();

    public int RentFlow() => _flowPool.Rent();

    /// <summary>The record is filled: it may be found.</summary>
    public void LinkSocket(int socket) => _socketIndex.Add(SocketRecordsAll[socket].Key, socket);

    public void LinkFlow(int flow)
    {
        ref UdpFlowRecord record = ref FlowRecordsAll[flow];
        _guestIndex.Add(record.GuestKey, flow);
        _hostIndex.Add(record.HostKey, flow);
        ref UdpSocket socket = ref Sockets[record.Socket];
        Flows[flow].PreviousOfSocket = -1;
        Flows[flow].NextOfSocket = socket.FirstFlow;
        if (socket.FirstFlow >= 0)
        {
            Flows[socket.FirstFlow].PreviousOfSocket = flow;
        }
        socket.FirstFlow = flow;
        socket.FlowCount++;
        Flows[flow].LastUsed = Lane.Now;
        _wheel.Schedule(flow, Lane.Now + UdpLimits.LifeOf(ref record));
    }

    /// <summary>Out of every table; the index may be rented again.</summary>
    public void ReleaseSocket(int socket)
    {
        _socketIndex.Remove(SocketRecordsAll[socket].Key, socket);
        if (SocketRecordsAll[socket].ForwardId == 0)
        {
            SocketLists.Remove(socket);
        }
        Sockets[socket] = default;
        _socketPool.Return(socket);
    }

    public void ReleaseFlow(int flow)
    {
        ref UdpFlowRecord record = ref FlowRecordsAll[flow];
        _guestIndex.Remove(record.GuestKey, flow);
        _hostIndex.Remove(record.HostKey, flow);
        ref UdpSocket socket = ref Sockets[record.Socket];
        (int previous, int next) = (Flows[flow].PreviousOfSocket, Flows[flow].NextOfSocket);
        if (previous >= 0)
        {
            Flows[previous].NextOfSocket = next;
        }
        else
        {
            socket.FirstFlow = next;
        }
        if (next >= 0)
        {
            Flows[next].PreviousOfSocket = previous;
        }
        socket.FlowCount--;
        _wheel.Cancel(flow);
        FlowLists.Remove(flow);
        _flowPool.Return(flow);
    }

    /// <summary>A rented index that was never linked.</summary>
    public void ReturnSocket(int socket) => _socketPool.Return(socket);

    public void ReturnFlow(int flow) => _flowPool.Return(flow);

    /// <summary>A datagram passed.</summary>
    public void Touch(int flow)
    {
        Flows[flow].LastUsed = Lane.Now;
        FlowLists.Touch(flow);
        int socket = FlowRecordsAll[flow].Socket;
        if (SocketRecordsAll[socket].ForwardId == 0)
        {
            SocketLists.Touch(socket);
        }
    }

    public void EndAllOf(UdpTranslator translator, ushort owner)
    {
        for (int socket = 0; socket < _socketPool.Used; socket++)
        {
            if (Sockets[socket].Generation != 0 && Sockets[socket].Owner == owner)
            {
                translator.EndSocket(socket);
            }
        }
    }

    public ReadyToken TokenOf(int socket) => new(_target, (ushort)Sockets[socket].Generation, (uint)socket);

    public void OnReady(ReadyToken token, Ready what)
    {
        if (token.Index >= (uint)_socketPool.Used)
        {
            return;
        }
        ref UdpSocket socket = ref Sockets[token.Index];
        if (socket.Generation != 0 && (ushort)socket.Generation == token.Generation)
        {
            _owners[socket.Owner]?.OnSocket((int)token.Index, what);
        }
    }

    public void OnDeadline(long now)
    {
        while (_wheel.TryExpire(now, out int flow))
        {
            ref UdpFlowRecord record = ref FlowRecordsAll[flow];
            long end = Flows[flow].LastUsed + UdpLimits.LifeOf(ref record);
            if (end > now)
            {
                _wheel.Schedule(flow, end);
            }
            else
            {
                _owners[Sockets[record.Socket].Owner]?.EndFlow(flow);
            }
        }
    }

    public void Dispose()
    {
        Lane.Unregister(_target);
        Lane.Remove((IDeadlines)this);
        _socketIndex.Dispose();
        _guestIndex.Dispose();
        _hostIndex.Dispose();
        _socketPool.Dispose();
        _flowPool.Dispose();
        _wheel.Dispose();
        SocketLists.Dispose();
        FlowLists.Dispose();
        NativeMemory.Free(Sockets);
        NativeMemory.Free(Flows);
        NativeMemory.AlignedFree(Datagram);
    }

    private readonly struct SocketRecords(RecordArray<UdpSocketRecord> records) : IFlowRecords
    {
        public bool Matches(int index, in FlowKey key) => records[index].Key == key;
    }

    private readonly struct GuestRecords(RecordArray<UdpFlowRecord> records) : IFlowRecords
    {
        public bool Matches(int index, in FlowKey key) => records[index].GuestKey == key;
    }

    private readonly struct HostRecords(RecordArray<UdpFlowRecord> records) : IFlowRecords
    {
        public bool Matches(int index, in FlowKey key) => records[index].HostKey == key;
    }
}
