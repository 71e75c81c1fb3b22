using Weft.Engine;
using Weft.Gateway.Nat;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat;

/// <summary>Forwards as a gateway knows them: by id, with the guest's end, or with none while that guest has no address.</summary>
internal sealed class FixedTargets : IForwardTargets
{
    public Dictionary<ulong, HostEnd?> Targets { get; } = [];

    public HashSet<IpAddress> HostAddresses { get; } = [];

    public bool IsServed(ulong forwardId) => Targets.ContainsKey(forwardId);

    public bool TryTarget(ulong forwardId, out HostEnd guest)
    {
        HostEnd? known = Targets.GetValueOrDefault(forwardId);
        guest = known ?? default;
        return known is not null;
    }

    public bool IsHostAddress(IpAddress address) => HostAddresses.Contains(address);
}
