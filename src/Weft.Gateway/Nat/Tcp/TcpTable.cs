using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// Theory. All TCP flows of a lane, whatever their network: records in the shared memory, one working struct per record in
/// native memory, an index from tuple to record, one wheel, and the readiness of their sockets. A
/// <see cref="TcpTranslator"/> per network does the work; this table only keeps, finds, and calls back.
/// Memory per idle flow: record 128, working struct, index 12, wheel 16 bytes (a test holds the sum under 384).
/// </summary>
internal sealed unsafe partial class TcpTable : IReadyTarget, IDeadlines, IDisposable
{
    private readonly int* _free;
    private readonly FlowIndex<Records> _index;
    private readonly TcpTranslator?[] _owners = new TcpTranslator?[GatewayLane.MostNetworks];
    private readonly ushort _target;
    private int _freeCount;
    private int _used;
    private ulong _generation = 1;

    public TcpTable(Lane lane, HostSide host, RecordArray<TcpFlowRecord> records, InitialSequence sequence, ulong seed)
    {
        Lane = lane;
        Host = host;
        Sequence = sequence;
        All = records;
        Flows = (TcpFlow*)NativeMemory.AllocZeroed((nuint)records.Capacity, (nuint)sizeof(TcpFlow));
        _free = (int*)NativeMemory.Alloc((nuint)records.Capacity, sizeof(int));
        _index = new FlowIndex<Records>(new Records(records), records.Capacity, seed);
        Wheel = new TimerWheel(records.Capacity, lane.Now);
        _target = lane.Register(this);
        lane.Add((IDeadlines)this);
    }

    public Lane Lane { get; }

    public HostSide Host { get; }

    public InitialSequence Sequence { get; }

    public RecordArray<TcpFlowRecord> All { get; }

    public TcpFlow* Flows { get; }

    public TimerWheel Wheel { get; }

    public SackBoards Boards { get; } = new(1024);

    public ReorderStores Stores { get; } = new(capacity: 256, smallBlocks: 4096, largeBlocks: 64);

    public GuestBudgets Budgets { get; } = new();

    /// <summary>Flows that live now.</summary>
    public int Count => _index.Count;

    public long NextDeadline => Wheel.NextDeadline;

    /// <summary>Bytes of record, working struct, index and wheel for one idle flow.</summary>
    public static int BytesPerFlow => sizeof(TcpFlowRecord) + sizeof(TcpFlow) + sizeof(int) + 12 + 16;

    public ushort Add(TcpTranslator owner)
    {
        ushort at = (ushort)Array.IndexOf(_owners, null);
        _owners[at] = owner;
        return at;
    }

    public void Remove(ushort owner) => _owners[owner] = null;

    public TcpTranslator? OwnerOf(ulong networkId)
    {
        foreach (TcpTranslator? owner in _owners)
        {
            if (owner?.NetworkId == networkId)
            {
                return owner;
            }
        }
        return null;
    }

    /// <summary>Some translator waits for the keeper to catch up.</summary>
    public bool HasWaitingForKeeper { get; set; }

    public int Find(in FlowKey key) => _index.Find(in key);

    /// <summary>A free index with a new generation, or −1. The record's tuple is filled and indexed by <see cref="Index"/>.</summary>
    public int Rent(out ulong generation)
    {
        generation = ++_generation;
        if (_freeCount > 0)
        {
            return _free[--_freeCount];
        }
        return _used < All.Capacity ? _used++ : -1;
    }

    /// <summary><see cref="Rent"/> would find one.</summary>
    public bool HasFree => _freeCount > 0 || _used < All.Capacity;

    public void Index(int flow) => _index.Add(All[flow].Key, flow);

    public void Unindex(int flow) => _index.Remove(All[flow].Key, flow);

    /// <summary>The index may be rented again.</summary>
    public void Return(int flow)
    {
        Flows[flow].Phase = TcpPhase.Free;
        Flows[flow].Flags = TcpMarks.None;
        _free[_freeCount++] = flow;
    }

    public ReadyToken TokenOf(int flow) => new(_target, (ushort)Flows[flow].Generation, (uint)flow);

    public void OnReady(ReadyToken token, Ready what)
    {
        if (token.Index >= (uint)_used)
        {
            return;
        }
        ref TcpFlow flow = ref Flows[token.Index];
        if (flow.Phase != TcpPhase.Free && (ushort)flow.Generation == token.Generation)
        {
            _owners[flow.Owner]?.OnSocket((int)token.Index, what);
        }
    }

    public void OnDeadline(long now)
    {
        while (Wheel.TryExpire(now, out int flow))
        {
            Flows[flow].WheelAt = 0;
            if (Flows[flow].Phase != TcpPhase.Free)
            {
                _owners[Flows[flow].Owner]?.OnTimer(flow);
            }
        }
    }

    public void Dispose()
    {
        Lane.Unregister(_target);
        Lane.Remove((IDeadlines)this);
        _index.Dispose();
        Wheel.Dispose();
        Boards.Dispose();
        Stores.Dispose();
        NativeMemory.Free(Flows);
        NativeMemory.Free(_free);
    }

    private readonly struct Records(RecordArray<TcpFlowRecord> records) : IFlowRecords
    {
        public bool Matches(int index, in FlowKey key)
        {
            ref TcpFlowRecord record = ref records[index];
            return record.GuestPort == key.GuestPort && record.PeerPort == key.PeerPort && record.Peer == key.Peer &&
                record.Guest == key.Guest && record.NetworkId == key.NetworkId;
        }
    }
}
