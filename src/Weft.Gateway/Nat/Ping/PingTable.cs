using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Gateway.Nat.Ping;

/// <summary>
/// Theory. All ping flows of a lane: one ping socket per (network, guest, echo identifier), records in the shared memory, found
/// by an index, ended by the wheel after <see cref="Life"/> without use. A guest at its cap loses its own oldest.
/// </summary>
internal sealed unsafe class PingTable : IReadyTarget, IDeadlines, IDisposable
{
    public const int FlowsPerGuest = 64;

    /// <summary>Microseconds.</summary>
    public const long Life = 30_000_000;

    /// <summary>The largest echo message, and what a frame's head may hold besides.</summary>
    public const int MessageSize = 65_536;

    private readonly FlowIndex<Records> _index;
    private readonly IndexPool _pool;
    private readonly TimerWheel _wheel;
    private readonly PingTranslator?[] _owners = new PingTranslator?[GatewayLane.MostNetworks];
    private readonly ushort _target;
    private ulong _generation;

    /// <param name="seed">Random; a secret from guests.</param>
    public PingTable(Lane lane, HostSide host, RecordArray<PingFlowRecord> records, ulong seed)
    {
        Lane = lane;
        Host = host;
        All = records;
        Flows = (PingFlow*)NativeMemory.AllocZeroed((nuint)records.Capacity, (nuint)sizeof(PingFlow));
        Message = (byte*)NativeMemory.AlignedAlloc(MessageSize, 64);
        Lists = new AccountLists(records.Capacity, records.Capacity, seed ^ 1);
        _index = new FlowIndex<Records>(new Records(records), records.Capacity, seed ^ 2);
        _pool = new IndexPool(records.Capacity);
        _wheel = new TimerWheel(records.Capacity, lane.Now);
        _target = lane.Register(this);
        lane.Add((IDeadlines)this);
    }

    public Lane Lane { get; }

    public HostSide Host { get; }

    public RecordArray<PingFlowRecord> All { get; }

    public PingFlow* Flows { get; }

    /// <summary>Lane memory for one message on its way; nothing stays in it.</summary>
    public byte* Message { get; }

    public AccountLists Lists { get; }

    public int Count => _index.Count;

    public int TimerCount => _wheel.Count;

    public long NextDeadline => _wheel.NextDeadline;

    public ushort Add(PingTranslator owner)
    {
        int at = Array.IndexOf(_owners, null);
        _owners[at] = owner;
        return (ushort)at;
    }

    public void Remove(ushort owner) => _owners[owner] = null;

    public int Find(in FlowKey key) => _index.Find(in key);

    /// <summary>A free index with a new generation, or −1.</summary>
    public int Rent(out ulong generation)
    {
        generation = ++_generation;
        return _pool.Rent();
    }

    /// <summary>A rented index that was never linked.</summary>
    public void Return(int flow) => _pool.Return(flow);

    /// <summary>Record and working struct are filled, and the account has it.</summary>
    public void Link(int flow)
    {
        _index.Add(All[flow].Key, flow);
        Flows[flow].LastUsed = Lane.Now;
        _wheel.Schedule(flow, Lane.Now + Life);
    }

    public void Release(int flow)
    {
        _index.Remove(All[flow].Key, flow);
        _wheel.Cancel(flow);
        Lists.Remove(flow);
        Flows[flow] = default;
        _pool.Return(flow);
    }

    public void Touch(int flow)
    {
        Flows[flow].LastUsed = Lane.Now;
        Lists.Touch(flow);
    }

    public void EndAllOf(PingTranslator translator, ushort owner)
    {
        for (int flow = 0; flow < _pool.Used; flow++)
        {
            if (Flows[flow].Generation != 0 && Flows[flow].Owner == owner)
            {
                translator.End(flow);
            }
        }
    }

    public ReadyToken TokenOf(int flow) => new(_target, (ushort)Flows[flow].Generation, (uint)flow);

    public void OnReady(ReadyToken token, Ready what)
    {
        if (token.Index >= (uint)_pool.Used)
        {
            return;
        }
        ref PingFlow flow = ref Flows[token.Index];
        if (flow.Generation != 0 && (ushort)flow.Generation == token.Generation)
        {
            _owners[flow.Owner]?.OnSocket((int)token.Index, what);
        }
    }

    public void OnDeadline(long now)
    {
        while (_wheel.TryExpire(now, out int flow))
        {
            long end = Flows[flow].LastUsed + Life;
            if (end > now)
            {
                _wheel.Schedule(flow, end);
            }
            else
            {
                _owners[Flows[flow].Owner]?.End(flow);
            }
        }
    }

    /// <summary>Takes over what the predecessor left; the translators of all networks have been made.</summary>
    /// <param name="descriptorOfSlot">The descriptor that the keeper handed on for a slot, or −1; asked at most once per record.</param>
    /// <returns>Flows that could not be taken over.</returns>
    public int Restore(Func<int, int> descriptorOfSlot)
    {
        int lost = 0;
        for (int i = 0; i < All.Capacity && All[i].Stamp != 0; i++)
        {
            _pool.Rent();
            _generation = Math.Max(_generation, RecordStamp.GenerationOf(All[i].Stamp));
            if (RecordStamp.StateOf(All[i].Stamp) != 0 && !TryRestore(i, descriptorOfSlot))
            {
                RecordStamp.Clear(ref All[i].Stamp);
                lost++;
            }
        }
        for (int i = _pool.Used - 1; i >= 0; i--)
        {
            if (Flows[i].Generation == 0)
            {
                _pool.Return(i);
            }
        }
        return lost;
    }

    public void Dispose()
    {
        Lane.Unregister(_target);
        Lane.Remove((IDeadlines)this);
        _index.Dispose();
        _pool.Dispose();
        _wheel.Dispose();
        Lists.Dispose();
        NativeMemory.Free(Flows);
        NativeMemory.AlignedFree(Message);
    }

    private bool TryRestore(int flow, Func<int, int> descriptorOfSlot)
    {
        ref PingFlowRecord record = ref All[flow];
        int owner = OwnerOf(record.NetworkId);
        if (RecordStamp.StateOf(record.Stamp) != PingFlowRecord.Open || owner < 0 || record.Slot < 0 || _index.Find(record.Key) >= 0)
        {
            return false;
        }
        int descriptor = descriptorOfSlot(record.Slot);
        if (descriptor < 0)
        {
            return false;
        }
        if (!Lists.TryAdd(flow, record.Account))
        {
            Host.Kept.End(descriptor, record.Slot, abort: true);
            return false;
        }
        Flows[flow] = new PingFlow { Descriptor = descriptor, Owner = (ushort)owner, Generation = RecordStamp.GenerationOf(record.Stamp) };
        Link(flow);
        _owners[owner]!.Watch(flow);
        return true;
    }

    private int OwnerOf(ulong networkId)
    {
        for (int i = 0; i < GatewayLane.MostNetworks; i++)
        {
            if (_owners[i]?.NetworkId == networkId)
            {
                return i;
            }
        }
        return -1;
    }

    private readonly struct Records(RecordArray<PingFlowRecord> records) : IFlowRecords
    {
        public bool Matches(int index, in FlowKey key) => records[index].Key == key;
    }
}
