using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Worker;

/// <summary>One guest NIC as it runs: an endpoint, and the switch port that it is plugged into now.</summary>
internal sealed unsafe class PortPlane : IDisposable
{
    private static readonly Nowhere NotAttached = new();

    private readonly PortRecord* _record;
    private readonly IGuestPlug _plug;
    private NetworkPlane? _network;

    public PortPlane(WorkerLane lane, PortRecord* record, Port port, IGuestPlug plug)
    {
        Lane = lane;
        _record = record;
        _plug = plug;
        Port = port;
        port.Tag = record->Id;
    }

    public ulong Id => _record->Id;

    public WorkerLane Lane { get; }

    public PortRecord* Record => _record;

    public Port Port { get; }

    public NetworkPlane? Network => _network;

    /// <summary>A port on no switch, for a plug that is being opened.</summary>
    public static Port NewPort(Lane lane, PortCounters* counters) => new(lane, NotAttached, 0, counters);

    /// <summary>Moves to another network's switch, or to none; the guest's side stays open.</summary>
    public void MoveTo(NetworkPlane? network)
    {
        Unplug();
        _network = network;
        network?.Switch.Add(Port);
        _plug.ShowMtu(network?.Mtu ?? 0);
        ApplyCable();
        Port.Ready();
    }

    /// <summary>Begins to receive; frames that an earlier life had read come first.</summary>
    public void Start() => _plug.Start();

    /// <summary>Cable in or out, as the record says. The guest sees it where its attachment carries it.</summary>
    public void ApplyCable()
    {
        bool plugged = _record->Plugged != 0 && _network is not null;
        _plug.ShowCarrier(plugged);
        Port.SetPlugged(plugged);
    }

    /// <summary>Leaves network and lane; the guest notices nothing. What goes on with it elsewhere needs these descriptors.</summary>
    public (int Listener, int Connection) Leave()
    {
        Unplug();
        (int, int) descriptors = _plug.Descriptors;
        Port.Dispose();
        return descriptors;
    }

    public void Dispose()
    {
        Leave();
        _plug.Dispose();
    }

    private void Unplug()
    {
        Port.SetPlugged(false);
        _network?.Switch.Remove(Port);
        Port.MoveTo(NotAttached, 0);
        _network = null;
    }
}
