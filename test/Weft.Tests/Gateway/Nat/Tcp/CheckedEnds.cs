using Weft.Engine;
using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>The one end of kept descriptors, which notes a gentle one that the kernel would turn into a reset: with bytes unread.</summary>
internal sealed class CheckedEnds(SimulatedHost host, IHostSockets sockets, List<string> violations) : IKeptDescriptors
{
    private readonly SimulatedKeptDescriptors _inner = new(sockets, host.Readiness, host.Keeper);

    public void End(int descriptor, int slot, bool abort)
    {
        if (!abort && host.Descriptors[descriptor] is KernelTcp connection && connection.Read().InQueue > 0)
        {
            violations.Add($"closed with {connection.Read().InQueue} bytes unread");
        }
        _inner.End(descriptor, slot, abort);
    }
}
