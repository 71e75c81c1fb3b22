using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>The one end of kept descriptors, as in Weft.Linux.</summary>
internal sealed class SimulatedKeptDescriptors(IHostSockets sockets, IReadiness readiness, IDescriptorKeeper keeper) : IKeptDescriptors
{
    /// <summary>Ended so far.</summary>
    public int Ended { get; private set; }

    public void End(int descriptor, int slot, bool abort)
    {
        Ended++;
        readiness.Unwatch(descriptor);
        if (abort)
        {
            sockets.Abort(descriptor);
        }
        else
        {
            sockets.ShutdownWrite(descriptor);
        }
        if (slot >= 0)
        {
            keeper.Drop(slot);
        }
        sockets.Close(descriptor);
    }
}
