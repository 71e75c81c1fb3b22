using System.Net;

namespace Weft.Model.Planning;

/// <summary>
/// Theory. A subnet that the host has a route into hides those hosts from the guests, so picked ones avoid every route but
/// the default. Shared networks take the first free /24 of 10.20–10.99, 172.20–172.31, 192.168.200–254: outside of what
/// VirtualBox (10.0.2, 192.168.56), libvirt (192.168.122) and Docker (172.17–19) use. A nat NIC has its slot's classic one
/// (10.0.2.0/24 for NIC 1, 10.0.3.0/24 for NIC 2 …) and moves to the next free 10.0.x.0/24 when a route is in the way.
/// What was picked once is kept while the network lives: guests hold leases in it.
/// </summary>
public static class SubnetPicker
{
    /// <summary>The classic subnet of a nat NIC.</summary>
    public static IPNetwork Slot(int nicNumber) => Subnet24(10, 0, nicNumber + 1);

    public static HostRoute? Collision(IPNetwork subnet, IReadOnlyList<HostRoute> routes) =>
        routes.FirstOrDefault(r => !r.IsDefault && V4.Overlap(r.Destination, subnet));

    /// <summary>A free /24 for a shared network; null when there is none left.</summary>
    public static IPNetwork? Pick(IReadOnlyList<HostRoute> routes, IReadOnlyCollection<IPNetwork> taken) =>
        FirstFree(SharedCandidates(), routes, taken);

    /// <summary>A free 10.0.x.0/24 for a nat NIC whose own is not; null when there is none left.</summary>
    public static IPNetwork? PickSlot(IReadOnlyList<HostRoute> routes, IReadOnlyCollection<IPNetwork> taken) =>
        FirstFree(Enumerable.Range(Vm.MaxNics + 2, 255 - Vm.MaxNics - 2).Select(x => Subnet24(10, 0, x)), routes, taken);

    private static IPNetwork? FirstFree(IEnumerable<IPNetwork> candidates, IReadOnlyList<HostRoute> routes,
        IReadOnlyCollection<IPNetwork> taken)
    {
        foreach (IPNetwork candidate in candidates)
        {
            if (Collision(candidate, routes) is null && !taken.Any(t => V4.Overlap(t, candidate)))
            {
                return candidate;
            }
        }
        return null;
    }

    private static IEnumerable<IPNetwork> SharedCandidates() =>
        Enumerable.Range(20, 80).Select(x => Subnet24(10, x, 0))
            .Concat(Enumerable.Range(20, 12).Select(x => Subnet24(172, x, 0)))
            .Concat(Enumerable.Range(200, 55).Select(x => Subnet24(192, 168, x)));

    private static IPNetwork Subnet24(int a, int b, int c) => new(V4.ToAddress(((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8)), 24);
}
