using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Worker;

/// <summary>Says in the shared memory whether a keeper is there. On the lane that hears it.</summary>
internal sealed class StatusKeeper(SharedState state, IDescriptorKeeper keeper) : ITurnEnd
{
    public void OnTurnEnd() => state.Worker.Covered = keeper.IsCovered ? 1u : 0;
}
