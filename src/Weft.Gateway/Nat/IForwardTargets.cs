using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway.Nat;

/// <summary>Where a forward leads just now, and how its client is shown to the guest.</summary>
internal interface IForwardTargets
{
    /// <summary>False for a forward that its predecessor began and never wrote down: its listener is ended at takeover.</summary>
    bool IsServed(ulong forwardId) => true;

    /// <summary>The guest's end; false while that guest has no address.</summary>
    bool TryTarget(ulong forwardId, out HostEnd guest);

    /// <summary>True for an address of the host itself: such a client is shown as the gateway.</summary>
    bool IsHostAddress(IpAddress address);
}
