using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;

namespace Weft.Worker;

/// <summary>Keeps the worker's own line in the shared memory: a few plain writes per turn.</summary>
internal sealed class StatusKeeper(SharedState state, GatewayLane gateways, IDescriptorKeeper keeper) : ITurnEnd
{
    private const int SteadyAfterTurns = 10_000;

    private IReadOnlyList<string>? _resolverProblems;
    private string? _leaseProblem;
    private long _allocatedAtSteady;
    private int _turns;

    public void OnTurnEnd()
    {
        ref WorkerStatus status = ref state.Worker;
        status.TcpFlows = (uint)gateways.TcpFlows;
        status.UdpFlows = (uint)gateways.UdpFlows;
        status.PingFlows = (uint)gateways.PingFlows;
        if (!ReferenceEquals(_resolverProblems, gateways.ResolverProblems) || !ReferenceEquals(_leaseProblem, gateways.LeaseProblem))
        {
            (_resolverProblems, _leaseProblem) = (gateways.ResolverProblems, gateways.LeaseProblem);
            string[] problems = [.. _leaseProblem is null ? [] : (string[])[_leaseProblem], .. _resolverProblems];
            for (int i = 0; i < Text108x4.Count; i++)
            {
                status.Problems[i] = Text108.From(i < problems.Length ? problems[i] : "");
            }
        }
        status.Covered = keeper.IsCovered ? 1u : 0;
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
            status.LaneAllocated = (ulong)(GC.GetAllocatedBytesForCurrentThread() - _allocatedAtSteady);
            status.Collections = (ulong)GC.CollectionCount(0);
            _turns = SteadyAfterTurns + 1;
        }
    }
}
