using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;

namespace Weft.Worker;

/// <summary>
/// The lanes of this worker. A network runs on one, chosen by the place of its record, so a successor chooses the same and no
/// record has to say which; a NIC runs on its network's.
/// </summary>
internal sealed class LaneSet : IDisposable
{
    private readonly WorkerLane[] _lanes;
    private readonly LanePlan _plan;
    private readonly SharedListeners _streams = new();

    /// <summary>As many as the shared memory was made for.</summary>
    public LaneSet(SharedState state, LanePlan plan, Func<Lane, IDescriptorKeeper> keeperOf, GatewayCommons commons)
    {
        _plan = plan;
        _lanes = [.. Enumerable.Range(0, (int)state.Worker.Lanes).Select(number => new WorkerLane(number, state, keeperOf, commons, _streams))];
    }

    public IReadOnlyList<WorkerLane> All => _lanes;

    /// <summary>NICs that are on no network run here.</summary>
    public WorkerLane First => _lanes[0];

    /// <summary>The lane of the network whose record lies at <paramref name="index"/>.</summary>
    public WorkerLane OfNetwork(int index) => _lanes[index % _lanes.Length];

    /// <summary>Starts every lane but the one that the caller runs itself, and keeps each on its processor.</summary>
    public void StartBeside(Lane own)
    {
        foreach (WorkerLane lane in _lanes)
        {
            if (lane.Lane == own)
            {
                _plan.PinLane(lane.Number);
            }
            else
            {
                lane.Start(_plan);
            }
        }
    }

    public void Stop()
    {
        foreach (WorkerLane lane in _lanes)
        {
            lane.Stop();
        }
    }

    /// <summary>Lanes stand still until what is returned is disposed; those that do already are left to whoever holds them.</summary>
    public Held Hold(params ReadOnlySpan<WorkerLane?> lanes)
    {
        Held held = new();
        foreach (WorkerLane? lane in lanes)
        {
            if (lane is { IsHeld: false })
            {
                lane.Hold();
                held.Add(lane);
            }
        }
        return held;
    }

    public Held HoldAll() => Hold(_lanes);

    /// <summary>A kept socket that no record claims goes to the lane that serves its listener; to none, and it ends.</summary>
    public void TakeUnclaimed(int socket, int slot)
    {
        if (!_streams.TryTakeUp(socket, slot) && !Array.Exists(_lanes, lane => lane.Gateways.TryTakeUp(socket, slot)))
        {
            First.Gateways.EndUnclaimed(socket, slot);
        }
    }

    public void Dispose()
    {
        foreach (WorkerLane lane in _lanes)
        {
            lane.Dispose();
        }
    }

    /// <summary>What stands still for a command.</summary>
    internal sealed class Held : IDisposable
    {
        private readonly List<WorkerLane> _lanes = [];

        public void Add(WorkerLane lane) => _lanes.Add(lane);

        public void Dispose() => _lanes.ForEach(lane => lane.LetGo());
    }
}
