using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;

namespace Weft.Worker;

/// <summary>Keeps a lane's line in the shared memory: a few plain writes per turn. The first lane also says what is wrong on the
/// host, which is the same for all.</summary>
internal sealed unsafe class LaneTally(SharedState state, LaneCounters* counters, GatewayLane gateways, bool isFirst) : ITurnEnd
{
    private const int SteadyAfterTurns = 10_000;

    private readonly LaneCounters* _counters = counters;
    private IReadOnlyList<string>? _resolverProblems;
    private string? _leaseProblem;
    private long _allocatedAtSteady;
    private int _turns;

    public void OnTurnEnd()
    {
        _counters->TcpFlows = (uint)gateways.TcpFlows;
        _counters->UdpFlows = (uint)gateways.UdpFlows;
        _counters->PingFlows = (uint)gateways.PingFlows;
        if (isFirst)
        {
            SayProblems();
        }
        if (++_turns < SteadyAfterTurns)
        {
            return;
        }
        if (_turns == SteadyAfterTurns)
        {
            _allocatedAtSteady = GC.GetAllocatedBytesForCurrentThread();
        }
        if (_turns % 1024 == 0)
        {
            _counters->Allocated = (ulong)(GC.GetAllocatedBytesForCurrentThread() - _allocatedAtSteady);
            state.Worker.Collections = (ulong)GC.CollectionCount(0);
            _turns = SteadyAfterTurns + 1;
        }
    }

    private void SayProblems()
    {
        if (ReferenceEquals(_resolverProblems, gateways.ResolverProblems) && ReferenceEquals(_leaseProblem, gateways.LeaseProblem))
        {
            return;
        }
        (_resolverProblems, _leaseProblem) = (gateways.ResolverProblems, gateways.LeaseProblem);
        string[] problems = [.. _leaseProblem is null ? [] : (string[])[_leaseProblem], .. _resolverProblems];
        for (int i = 0; i < Text108x4.Count; i++)
        {
            state.Worker.Problems[i] = Text108.From(i < problems.Length ? problems[i] : "");
        }
    }
}
