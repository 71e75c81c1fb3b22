using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;

namespace Weft.Worker;

/// <summary>
/// One lane of this worker with what runs on it: gateways, attachments, their hands on the host. The only lane of a worker
/// runs on its main thread, which also hears commands; each of several has a thread of its own, and the main thread's lane
/// then carries no frame: a command changes a lane's things while that lane stands still (<see cref="Hold"/>).
/// </summary>
internal sealed unsafe class WorkerLane : IDisposable
{
    private readonly EpollReadiness _readiness = new();
    private readonly HostSockets _sockets = new();
    private readonly ResolverWatch _resolvers;
    private readonly SemaphoreSlim _stands = new(0);
    private readonly SemaphoreSlim _goesOn = new(0);
    private readonly Action _standStill;
    private readonly LaneCounters* _counters;
    private readonly int[] _networksByPolling = new int[(int)PollingPolicy.Power + 1];
    private Thread? _thread;

    /// <param name="keeperOf">The keeper as a lane has it.</param>
    public WorkerLane(int number, SharedState state, Func<Lane, IDescriptorKeeper> keeperOf, GatewayCommons commons, SharedListeners streams)
    {
        Number = number;
        _counters = state.Array<LaneCounters>(SharedArray.Lanes).At(number);
        _counters->TcpFlows = _counters->UdpFlows = _counters->PingFlows = 0;
        _counters->Allocated = 0;
        Lane = new Lane(_readiness, TimeProvider.System) { Counters = _counters };
        IDescriptorKeeper keeper = keeperOf(Lane);
        KeptDescriptors kept = new(_readiness, _sockets, keeper);
        Gateways = new GatewayLane(Lane, number, new HostSide(_sockets, keeper, kept, new HostAccess()), state, commons);
        Opener = new AttachmentOpener(state, _sockets, keeper, kept, streams);
        _resolvers = new ResolverWatch(Lane, Gateways);
        Lane.Add(new LaneTally(state, _counters, Gateways, isFirst: number == 0));
        _standStill = StandStill;
    }

    public int Number { get; }

    public Lane Lane { get; }

    public GatewayLane Gateways { get; }

    public AttachmentOpener Opener { get; }

    /// <summary>Stands still for a command.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>A network of that policy comes or goes. One in a hurry is enough to look longer; to sleep at once, all must agree.</summary>
    public void CountPolling(PollingPolicy policy, int change)
    {
        _networksByPolling[(int)policy] += change;
        Lane.Polling = _networksByPolling[(int)PollingPolicy.Latency] > 0 ? PollingPolicy.Latency
            : _networksByPolling[(int)PollingPolicy.Power] > 0 && _networksByPolling[(int)PollingPolicy.Balanced] == 0 ? PollingPolicy.Power
            : PollingPolicy.Balanced;
    }

    /// <summary>Runs the lane on a thread of its own from here on.</summary>
    public void Start(LanePlan plan)
    {
        _thread = new Thread(() =>
        {
            plan.PinLane(Number);
            Lane.Run();
        }) { IsBackground = true, Name = $"lane {Number}" };
        _thread.Start();
    }

    /// <summary>Ends its thread and waits for it.</summary>
    public void Stop()
    {
        Lane.Stop();
        _thread?.Join();
        _thread = null;
    }

    /// <summary>Waits until the lane stands between two turns, where it stays. Nothing to wait for where it has no thread.</summary>
    public void Hold()
    {
        if (_thread is not null)
        {
            Lane.Post(_standStill);
            _stands.Wait();
        }
        IsHeld = true;
    }

    public void LetGo()
    {
        IsHeld = false;
        if (_thread is not null)
        {
            _goesOn.Release();
        }
    }

    public void Dispose()
    {
        _resolvers.Dispose();
        Gateways.Dispose();
        Lane.Dispose();
        _sockets.Dispose();
        _readiness.Dispose();
        _stands.Dispose();
        _goesOn.Dispose();
    }

    private void StandStill()
    {
        _stands.Release();
        _goesOn.Wait();
    }
}
