using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Dhcp;

namespace Weft.Gateway;

/// <summary>
/// What the gateways of all lanes share: the journal of the leases and their places in the shared memory, both made for many
/// lanes, and a list of the doors that are Weft's own, by which a resolver that is ourselves is told from another.
/// Lanes come before the first starts to run; everything else here may be called from any lane.
/// </summary>
public sealed class GatewayCommons : IDisposable
{
    private readonly List<GatewayLane> _lanes = [];
    private readonly Lock _doors = new();
    private readonly List<HostEnd> _listeners = [];
    private readonly List<Gateway> _gateways = [];

    /// <param name="leases">File of the leases' journal; this worker is its one writer.</param>
    public GatewayCommons(SharedState state, string leases)
    {
        LeaseSlots = new LeaseSlots(state.Array<LeaseRecord>(SharedArray.Leases));
        Journal = LeaseJournal.Open(leases, () => _lanes.ForEach(lane => lane.LeasesCommitted()));
    }

    internal LeaseSlots LeaseSlots { get; }

    internal LeaseJournal Journal { get; }

    public void Dispose() => Journal.Dispose();

    internal void Add(GatewayLane lane) => _lanes.Add(lane);

    internal void Add(GatewayLane by, Gateway gateway)
    {
        lock (_doors)
        {
            _gateways.Add(gateway);
        }
        Tell(by, gateway.Answers);
    }

    internal void Remove(GatewayLane by, Gateway gateway)
    {
        lock (_doors)
        {
            _gateways.Remove(gateway);
        }
        Tell(by, gateway.Answers);
    }

    internal void Add(GatewayLane by, HostEnd listener)
    {
        lock (_doors)
        {
            _listeners.Add(listener);
        }
        Tell(by, end => Hears(listener, end));
    }

    internal void Remove(GatewayLane by, HostEnd listener)
    {
        lock (_doors)
        {
            _listeners.Remove(listener);
        }
        Tell(by, end => Hears(listener, end));
    }

    internal bool IsOurselves(HostEnd end)
    {
        lock (_doors)
        {
            return _gateways.Exists(gateway => gateway.Answers(end)) || _listeners.Exists(at => Hears(at, end));
        }
    }

    /// <summary>A door has come or gone: whether a resolver is ourselves is asked anew on every lane.</summary>
    private void Tell(GatewayLane by, Func<HostEnd, bool> answers) => _lanes.ForEach(lane => lane.DoorChanged(answers, byItself: lane == by));

    private static bool Hears(HostEnd listener, HostEnd end) =>
        listener.Port == end.Port && (listener.Address == end.Address || listener.Address.IsUnspecified);
}
