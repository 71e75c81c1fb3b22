using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat.Ping;

/// <summary>
/// Theory. ICMP echo of one network's guests by the host's ping sockets: an ordinary user's way to send echo requests
/// (net.ipv4.ping_group_range). One socket per guest and echo identifier; the kernel gives it an identifier of its own, so the
/// guest's is put back into replies and into the packets that errors quote.
///   guest → host (<see cref="Take"/>): check, find or open the flow, send message and payload with the TTL less one
///   host → guest (<see cref="Produce"/>): the reply as it came, from who sent it, with the guest's identifier
///   errors: the socket's error queue; time exceeded makes traceroute -I work
/// No reply is ever invented: where ping sockets are not allowed, requests are dropped and counted, and
/// <see cref="IsForbidden"/> says why. Birth and death as for UDP. Source: RFC 792, ping sockets: icmp(7).
/// </summary>
internal sealed unsafe partial class PingTranslator : IDisposable
{
    private const int Access = -13;
    private const int Again = -11;
    private const int TooManyFiles = -24;
    private const int TooManyFilesInSystem = -23;
    private const int RepliesPerStep = 8;

    private readonly PingTable _table;
    private readonly IGuestSide _side;
    private readonly IIcmpErrors _errors;
    private readonly PortCounters* _counters;
    private readonly IHostSockets _sockets;
    private readonly ushort _self;
    private ushort _identification;
    private int _queueFirst = -1;
    private int _queueLast = -1;
    private int _queueCount;

    /// <param name="counters">Of the gateway's port: drops are counted here.</param>
    public PingTranslator(PingTable table, IGuestSide side, IIcmpErrors errors, PortCounters* counters)
    {
        _table = table;
        _side = side;
        _errors = errors;
        _counters = counters;
        _sockets = table.Host.Sockets;
        _identification = (ushort)table.Lane.Now;
        _self = table.Add(this);
    }

    public ulong NetworkId => _side.Facts.NetworkId;

    /// <summary>True when <see cref="Produce"/> has something to do.</summary>
    public bool HasWork => _queueCount > 0;

    /// <summary>The host does not let this user open ping sockets; stays true from the first refusal until one opens.</summary>
    public bool IsForbidden { get; private set; }

    /// <summary>A socket of ours has something to say.</summary>
    public void OnSocket(int flow, Ready what)
    {
        if ((what & (Ready.Error | Ready.HangUp)) != 0)
        {
            TakeErrors(flow);
        }
        if ((what & Ready.Read) != 0)
        {
            Queue(flow);
        }
        _side.Wake();
    }

    public void Watch(int flow) =>
        _table.Lane.Readiness.Watch(_table.Flows[flow].Descriptor, _table.TokenOf(flow), Ready.Read);

    public void End(int flow)
    {
        ref PingFlowRecord record = ref _table.All[flow];
        RecordStamp.Clear(ref record.Stamp);
        Unqueue(flow);
        _table.Host.Kept.End(_table.Flows[flow].Descriptor, record.Slot, abort: true);
        _table.Release(flow);
    }

    /// <summary>Ends everything of this network.</summary>
    public void Dispose()
    {
        _table.EndAllOf(this, _self);
        _table.Remove(_self);
    }

    private DropReason FindOrOpen(IpAddress guest, ushort identifier, out int flow)
    {
        flow = _table.Find(PingFlowRecord.KeyOf(NetworkId, guest, identifier));
        if (flow >= 0)
        {
            return DropReason.None;
        }
        FlowKey account = PingFlowRecord.AccountOf(NetworkId, guest);
        if (_table.Lists.CountOf(in account) >= PingTable.FlowsPerGuest)
        {
            Evict(in account, DropReason.FlowLimit);
        }
        bool full = IsOutOfDescriptors(in account);
        if (!full && _table.Host.Keeper.IsFull)
        {
            Evict(in account, DropReason.DescriptorLimit);
        }
        int descriptor = full ? TooManyFiles : _sockets.OpenPing(v6: false, identifier: 0);
        if (!full && descriptor is (TooManyFiles or TooManyFilesInSystem) && Evict(in account, DropReason.DescriptorLimit))
        {
            descriptor = _sockets.OpenPing(v6: false, identifier: 0);
        }
        if (descriptor < 0)
        {
            IsForbidden |= descriptor == Access;
            return descriptor switch
            {
                Access => DropReason.ProtocolUnsupported,
                TooManyFiles or TooManyFilesInSystem => DropReason.DescriptorLimit,
                _ => DropReason.NoMemory,
            };
        }
        IsForbidden = false;
        return Adopt(descriptor, guest, identifier, out flow);
    }

    private DropReason Adopt(int descriptor, IpAddress guest, ushort identifier, out int flow)
    {
        flow = _table.Rent(out ulong generation);
        if (flow < 0)
        {
            _table.Host.Kept.End(descriptor, -1, abort: true);
            return DropReason.FlowLimit;
        }
        ref PingFlowRecord record = ref _table.All[flow];
        RecordStamp.Write(ref record.Stamp, generation, 0);
        IDescriptorKeeper keeper = _table.Host.Keeper;
        int slot = keeper.Add(descriptor);
        DropReason reason = slot < 0 && keeper.IsCovered ? DropReason.KeeperBusy
            : _table.Lists.TryAdd(flow, PingFlowRecord.AccountOf(NetworkId, guest)) ? DropReason.None : DropReason.FlowLimit;
        if (reason != DropReason.None)
        {
            _table.Host.Kept.End(descriptor, slot, abort: true);
            _table.Return(flow);
            return reason;
        }
        record.NetworkId = NetworkId;
        record.Guest = guest;
        record.Slot = slot;
        record.Identifier = identifier;
        _table.Flows[flow] = new PingFlow { Descriptor = descriptor, Owner = _self, Generation = generation };
        _table.Link(flow);
        RecordStamp.Write(ref record.Stamp, generation, PingFlowRecord.Open);
        Watch(flow);
        return DropReason.None;
    }

    private bool Evict(in FlowKey account, DropReason why)
    {
        int oldest = _table.Lists.OldestOf(in account);
        if (oldest < 0)
        {
            return false;
        }
        Drop(why);
        End(oldest);
        return true;
    }

    private void Queue(int flow)
    {
        if (_table.Flows[flow].IsQueued)
        {
            return;
        }
        _table.Flows[flow].IsQueued = true;
        _table.Flows[flow].QueueNext = -1;
        if (_queueLast >= 0)
        {
            _table.Flows[_queueLast].QueueNext = flow;
        }
        else
        {
            _queueFirst = flow;
        }
        _queueLast = flow;
        _queueCount++;
    }

    /// <summary>By a walk: the queue is short, and seldom holds what ends.</summary>
    private void Unqueue(int flow)
    {
        if (!_table.Flows[flow].IsQueued)
        {
            return;
        }
        int previous = -1;
        for (int at = _queueFirst; at != flow; at = _table.Flows[at].QueueNext)
        {
            previous = at;
        }
        int next = _table.Flows[flow].QueueNext;
        if (previous >= 0)
        {
            _table.Flows[previous].QueueNext = next;
        }
        else
        {
            _queueFirst = next;
        }
        _queueLast = next < 0 ? previous : _queueLast;
        _table.Flows[flow].IsQueued = false;
        _queueCount--;
    }

    private void Drop(DropReason reason) => _counters->Drop(reason);
}
