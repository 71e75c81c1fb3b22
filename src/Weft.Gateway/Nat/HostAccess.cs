using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat;

/// <summary>
/// Decides where a guest's flow may go on the host side: the one place where it is decided that a guest may reach the
/// host's loopback. The gateway's address stands for the host's loopback when the network allows it, port 53 of the DNS
/// address for the host's resolver; Weft's own control ports are never reachable, whatever the way.
/// </summary>
public sealed class HostAccess
{
    private readonly HashSet<ushort> _controlPorts = [];

    /// <summary>The resolver that port 53 of a DNS address stands for; set by whoever follows resolv.conf. Port 0: none.</summary>
    public HostEnd Upstream { get; set; }

    /// <summary>A loopback port of Weft's own that no guest may reach.</summary>
    public void Protect(ushort port) => _controlPorts.Add(port);

    /// <summary><see cref="DropReason.None"/> and the host-side destination, or why not.</summary>
    public DropReason Decide(NetworkFacts facts, HostEnd guestDestination, byte protocol, out HostEnd hostDestination)
    {
        hostDestination = guestDestination;
        IpAddress address = guestDestination.Address;
        if (!facts.Has(NetworkFlags.Nat) || address.IsMulticast || address.IsUnspecified || address == IpAddress.FromV4(uint.MaxValue) ||
            facts.IsSubnetBroadcast(address))
        {
            return DropReason.NoRoute;
        }
        if (guestDestination.Port == 53 && address == facts.Dns && facts.Has(NetworkFlags.Dns))
        {
            hostDestination = Upstream;
            return Upstream.Port == 0 ? DropReason.DnsNoUpstream : DropReason.None;
        }
        if (address == facts.Gateway)
        {
            hostDestination = new HostEnd(IpAddress.FromV4(0x7f000001), guestDestination.Port);
            return LoopbackVerdict(facts, guestDestination.Port);
        }
        if (address.IsLoopback)
        {
            return DropReason.PolicyLoopback;
        }
        return facts.Contains(address) ? DropReason.NoRoute : DropReason.None;
    }

    private DropReason LoopbackVerdict(NetworkFacts facts, ushort port)
    {
        if (_controlPorts.Contains(port))
        {
            return DropReason.PolicyControlPort;
        }
        return facts.Has(NetworkFlags.HostLoopback) ? DropReason.None : DropReason.PolicyLoopback;
    }
}
