using Weft.Engine;
using Weft.Engine.Cables;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>
/// Theory. What runs on the lanes, by the records in the shared memory: networks, ports, forwards. A command writes a record
/// and builds; a successor finds the records and builds the same (<c>DataPlane.Restore</c>). A record's id is written last when
/// it is born and zeroed first when it ends, so a kill in between leaves nothing half made.
/// The lanes that a command touches stand still meanwhile. Answers are 0 or a negative errno.
/// </summary>
internal sealed unsafe partial class DataPlane : IDisposable
{
    private readonly LaneSet _lanes;
    private readonly SharedState _state;
    private readonly RecordArray<NetworkRecord> _networkRecords;
    private readonly RecordArray<PortRecord> _portRecords;
    private readonly RecordArray<PortCounters> _counters;
    private readonly RecordArray<ForwardRecord> _forwardRecords;
    private readonly StaticNames _names;
    private readonly Dictionary<ulong, NetworkPlane> _networks = [];
    private readonly Dictionary<ulong, PortPlane> _ports = [];
    private readonly Dictionary<ulong, IDisposable> _forwards = [];

    /// <summary>No network's record before this one is free.</summary>
    private int _freeBefore;

    public DataPlane(LaneSet lanes, SharedState state)
    {
        _lanes = lanes;
        _state = state;
        _networkRecords = state.Array<NetworkRecord>(SharedArray.Networks);
        _portRecords = state.Array<PortRecord>(SharedArray.Ports);
        _counters = state.Array<PortCounters>(SharedArray.PortCounters);
        _forwardRecords = state.Array<ForwardRecord>(SharedArray.Forwards);
        _names = new StaticNames(state.Array<NameRecord>(SharedArray.Names));
    }

    public PortPlane? PortOf(ulong id) => _ports.GetValueOrDefault(id);

    public int PutNetwork(in NetworkRecord wanted, out ulong id)
    {
        id = wanted.Id;
        if (id != 0)
        {
            return ChangeNetwork(in wanted);
        }
        int index = FreeNetwork();
        if (index < 0)
        {
            return -Errno.ENOSPC;
        }
        NetworkRecord* record = _networkRecords.At(index);
        *record = wanted;
        record->Id = 0;
        *_counters.At(SharedArrays.GatewayCounters(index)) = default;
        using LaneSet.Held held = _lanes.Hold(_lanes.OfNetwork(index));
        id = NextId();
        Volatile.Write(ref record->Id, id);
        Build(index);
        return 0;
    }

    /// <summary>The network is gone for good, with what its guests were promised.</summary>
    public int RemoveNetwork(ulong id)
    {
        if (!_networks.TryGetValue(id, out NetworkPlane? network))
        {
            return -Errno.ENOENT;
        }
        using LaneSet.Held held = _lanes.Hold(network.Lane);
        network.Lane.Gateways.Forget(network.Gateway, id);
        EndNetwork(network);
        return 0;
    }

    private void EndNetwork(NetworkPlane network)
    {
        ulong id = network.Record->Id;
        _networks.Remove(id);
        foreach (PortPlane port in _ports.Values)
        {
            if (port.Network == network)
            {
                port.Record->NetworkId = 0;
                port.MoveTo(null);
            }
        }
        RemoveForwardsOf(id);
        network.Dispose();
        network.Lane.CountPolling(network.Polling, -1);
        network.Record->Id = 0;
        _freeBefore = Math.Min(_freeBefore, (int)(network.Record - _networkRecords.Start));
    }

    /// <summary>Services, policy and pool of a running network change in place; its flows and guests stay.</summary>
    private int ChangeNetwork(in NetworkRecord wanted)
    {
        if (!_networks.TryGetValue(wanted.Id, out NetworkPlane? network))
        {
            return -Errno.ENOENT;
        }
        using LaneSet.Held held = _lanes.Hold(network.Lane);
        network.Lane.CountPolling(network.Polling, -1);
        *network.Record = wanted;
        network.Change();
        network.Lane.CountPolling(network.Polling, 1);
        foreach (PortPlane port in _ports.Values)
        {
            if (port.Network == network)
            {
                Known(network, port.Record, add: true);
            }
        }
        return 0;
    }

    /// <summary>Adds a port, or changes network, cable and reservation of the one with that id. Takes <paramref name="descriptor"/> in any case.</summary>
    public int PutPort(in PortRecord wanted, int descriptor, out ulong id, out string problem)
    {
        id = wanted.Id;
        problem = "";
        NetworkPlane? network = null;
        if (wanted.NetworkId != 0 && !_networks.TryGetValue(wanted.NetworkId, out network))
        {
            problem = "no such network";
            return -Errno.ENOENT;
        }
        return id == 0 ? AddPort(in wanted, network, descriptor, out id, out problem) : ChangePort(in wanted, network);
    }

    public int RemovePort(ulong id)
    {
        if (!_ports.Remove(id, out PortPlane? port))
        {
            return -Errno.ENOENT;
        }
        using LaneSet.Held held = _lanes.Hold(port.Lane);
        PortRecord* record = port.Record;
        Known(port.Network, record, add: false);
        port.Dispose();
        record->Id = 0;
        return 0;
    }

    /// <summary>An orderly end: flows are reset, sockets closed, nothing stays at the keeper. Leases stay in their file: the guests may come back.</summary>
    public void Dispose()
    {
        CloseCaptures();
        using LaneSet.Held held = _lanes.HoldAll();
        foreach (ulong id in _forwards.Keys.ToArray())
        {
            RemoveForward(id);
        }
        foreach (ulong id in _ports.Keys.ToArray())
        {
            RemovePort(id);
        }
        foreach (NetworkPlane network in _networks.Values.ToArray())
        {
            EndNetwork(network);
        }
    }

    private int AddPort(in PortRecord wanted, NetworkPlane? network, int descriptor, out ulong id, out string problem)
    {
        id = 0;
        int index = FreePort();
        if (index < 0)
        {
            problem = "port table";
            return -Errno.ENOSPC;
        }
        PortRecord* record = _portRecords.At(index);
        *record = wanted;
        record->Id = 0;
        record->CounterIndex = (uint)index;
        record->ListenerSlot = record->DescriptorSlot = -1;
        *_counters.At(index) = default;
        WorkerLane lane = LaneOf(network);
        using LaneSet.Held held = _lanes.Hold(lane);
        Port port = PortPlane.NewPort(lane.Lane, _counters.At(index));
        int result = lane.Opener.Open(record, index, descriptor, port, out IGuestPlug? plug, out problem);
        if (result < 0 || plug is null)
        {
            return result;
        }
        id = NextId();
        Volatile.Write(ref record->Id, id);
        PlugIn(new PortPlane(lane, record, port, plug), network);
        return 0;
    }

    private int ChangePort(in PortRecord wanted, NetworkPlane? network)
    {
        if (!_ports.TryGetValue(wanted.Id, out PortPlane? port))
        {
            return -Errno.ENOENT;
        }
        using LaneSet.Held held = _lanes.Hold(port.Lane, network?.Lane);
        PortRecord* record = port.Record;
        Known(port.Network, record, add: false);
        record->Plugged = wanted.Plugged;
        record->Reserved = wanted.Reserved;
        if (port.Network == network)
        {
            port.ApplyCable();
        }
        else
        {
            record->NetworkId = wanted.NetworkId;
            if (network is null || network.Lane == port.Lane)
            {
                port.MoveTo(network);
            }
            else
            {
                ChangeLane(port, network);
            }
        }
        Known(network, record, add: true);
        return 0;
    }

    /// <summary>Moves a port to a network on another lane: what a successor would do with its record, in this life. An impairment
    /// ends with it, as it does with a worker; captures go along.</summary>
    private void ChangeLane(PortPlane port, NetworkPlane network)
    {
        PortRecord* record = port.Record;
        int index = (int)(record - _portRecords.Start);
        Mend(port.Port);
        CapturingCable? captures = TakeCaptures(port.Port);
        _ports.Remove(port.Id);
        (int, int) descriptors = port.Leave();
        Port moved = PortPlane.NewPort(network.Lane.Lane, _counters.At(index));
        IGuestPlug plug = network.Lane.Opener.Adopt(record, index, descriptors, moved)!;
        PutCaptures(moved, captures);
        PlugIn(new PortPlane(network.Lane, record, moved, plug), network);
    }

    private WorkerLane LaneOf(NetworkPlane? network) => network?.Lane ?? _lanes.First;

    private void PlugIn(PortPlane port, NetworkPlane? network)
    {
        _ports.Add(port.Id, port);
        port.MoveTo(network);
        port.Start();
        Known(network, port.Record, add: true);
    }

    /// <summary>Tells a network's services which NICs it has: names and reservations.</summary>
    private static void Known(NetworkPlane? network, PortRecord* record, bool add)
    {
        if (add)
        {
            network?.Gateway?.Put(in *record);
        }
        else
        {
            network?.Gateway?.Remove(in *record);
        }
    }

    private void Build(int index)
    {
        NetworkRecord* record = _networkRecords.At(index);
        NetworkPlane network = new(_lanes.OfNetwork(index), record, _counters.At(SharedArrays.GatewayCounters(index)), _names);
        _networks.Add(record->Id, network);
        network.Lane.CountPolling(network.Polling, 1);
    }

    private ulong NextId() => ++_state.Worker.NextId;

    private int FreeNetwork()
    {
        while (_freeBefore < _networkRecords.Capacity && _networkRecords.At(_freeBefore)->Id != 0)
        {
            _freeBefore++;
        }
        return _freeBefore < _networkRecords.Capacity ? _freeBefore : -1;
    }

    private int FreePort()
    {
        for (int i = 0; i < _portRecords.Capacity; i++)
        {
            if (_portRecords.At(i)->Id == 0)
            {
                return i;
            }
        }
        return -1;
    }
}
