using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>
/// Theory. What runs on a lane, by the records in the shared memory: networks, ports, forwards. A command writes a record and
/// builds; a successor finds the records and builds the same (<c>DataPlane.Restore</c>). A record's id is written last when it
/// is born and zeroed first when it ends, so a kill in between leaves nothing half made.
/// Answers are 0 or a negative errno.
/// </summary>
internal sealed unsafe partial class DataPlane : IDisposable
{
    private readonly Lane _lane;
    private readonly SharedState _state;
    private readonly GatewayLane _gateways;
    private readonly AttachmentOpener _opener;
    private readonly RecordArray<NetworkRecord> _networkRecords;
    private readonly RecordArray<PortRecord> _portRecords;
    private readonly RecordArray<PortCounters> _counters;
    private readonly RecordArray<ForwardRecord> _forwardRecords;
    private readonly Dictionary<ulong, NetworkPlane> _networks = [];
    private readonly Dictionary<ulong, PortPlane> _ports = [];
    private readonly Dictionary<ulong, IDisposable> _forwards = [];

    public DataPlane(Lane lane, SharedState state, GatewayLane gateways, AttachmentOpener opener)
    {
        _lane = lane;
        _state = state;
        _gateways = gateways;
        _opener = opener;
        _networkRecords = state.Array<NetworkRecord>(SharedArray.Networks);
        _portRecords = state.Array<PortRecord>(SharedArray.Ports);
        _counters = state.Array<PortCounters>(SharedArray.PortCounters);
        _forwardRecords = state.Array<ForwardRecord>(SharedArray.Forwards);
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
        id = NextId();
        Volatile.Write(ref record->Id, id);
        Build(index);
        return 0;
    }

    /// <summary>The network is gone for good, with what its guests were promised.</summary>
    public int RemoveNetwork(ulong id)
    {
        if (_networks.TryGetValue(id, out NetworkPlane? network))
        {
            _gateways.Forget(network.Gateway, id);
        }
        return EndNetwork(id);
    }

    private int EndNetwork(ulong id)
    {
        if (!_networks.Remove(id, out NetworkPlane? network))
        {
            return -Errno.ENOENT;
        }
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
        _networkRecords.At(IndexOfNetwork(id))->Id = 0;
        ChoosePolling();
        return 0;
    }

    /// <summary>Services, policy and pool of a running network change in place; its flows and guests stay.</summary>
    private int ChangeNetwork(in NetworkRecord wanted)
    {
        if (!_networks.TryGetValue(wanted.Id, out NetworkPlane? network))
        {
            return -Errno.ENOENT;
        }
        *_networkRecords.At(IndexOfNetwork(wanted.Id)) = wanted;
        network.Change();
        ChoosePolling();
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
        PortRecord* record = port.Record;
        Known(port.Network, record, add: false);
        port.Dispose();
        record->Id = 0;
        return 0;
    }

    /// <summary>An orderly end: flows are reset, sockets closed, nothing stays at the keeper. Leases stay in their file: the guests may come back.</summary>
    public void Dispose()
    {
        foreach (ulong id in _forwards.Keys.ToArray())
        {
            RemoveForward(id);
        }
        foreach (ulong id in _ports.Keys.ToArray())
        {
            RemovePort(id);
        }
        foreach (ulong id in _networks.Keys.ToArray())
        {
            EndNetwork(id);
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
        Port port = PortPlane.NewPort(_lane, _counters.At(index));
        int result = _opener.Open(record, index, descriptor, port, out IGuestPlug? plug, out problem);
        if (result < 0 || plug is null)
        {
            return result;
        }
        id = NextId();
        Volatile.Write(ref record->Id, id);
        PlugIn(new PortPlane(record, port, plug), network);
        return 0;
    }

    private int ChangePort(in PortRecord wanted, NetworkPlane? network)
    {
        if (!_ports.TryGetValue(wanted.Id, out PortPlane? port))
        {
            return -Errno.ENOENT;
        }
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
            port.MoveTo(network);
        }
        Known(network, record, add: true);
        return 0;
    }

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
        _networks.Add(record->Id, new NetworkPlane(_lane, _gateways, record, _counters.At(SharedArrays.GatewayCounters(index))));
        ChoosePolling();
    }

    /// <summary>One network in a hurry is enough to look longer; to sleep at once, all must agree.</summary>
    private void ChoosePolling() => _lane.Polling =
        _networks.Values.Any(network => network.Polling == PollingPolicy.Latency) ? PollingPolicy.Latency
        : _networks.Count > 0 && _networks.Values.All(network => network.Polling == PollingPolicy.Power) ? PollingPolicy.Power
        : PollingPolicy.Balanced;

    private ulong NextId() => ++_state.Worker.NextId;

    private int IndexOfNetwork(ulong id)
    {
        int index = 0;
        while (_networkRecords.At(index)->Id != id)
        {
            index++;
        }
        return index;
    }

    private int FreeNetwork()
    {
        for (int i = 0; i < _networkRecords.Capacity; i++)
        {
            if (_networkRecords.At(i)->Id == 0)
            {
                return i;
            }
        }
        return -1;
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
