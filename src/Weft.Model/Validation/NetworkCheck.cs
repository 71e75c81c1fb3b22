using System.Net;
using Weft.Model.Errors;

namespace Weft.Model.Validation;

/// <summary>Subnets, pools, and settings that a mode has no use for.</summary>
internal static class NetworkCheck
{
    private static readonly (IPNetwork Range, string What)[] Unusable =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "this network (RFC 1122)"),
        (IPNetwork.Parse("127.0.0.0/8"), "the loopback"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local addresses"),
        (IPNetwork.Parse("224.0.0.0/3"), "multicast and reserved addresses"),
    ];

    public static void Run(Topology topology, Finding report)
    {
        foreach (Network network in topology.Networks)
        {
            CheckSubnet(network, report);
            CheckPool(network, report);
            CheckInternal(network, report);
        }
        CheckOverlaps(topology, report);
        CheckNatTwice(topology, report);
    }

    private static void CheckSubnet(Network network, Finding report)
    {
        if (network.Subnet is { } subnet && Array.Find(Unusable, u => V4.Overlap(u.Range, subnet)) is { What: { } what })
        {
            report($"networks.{network.Name}.subnet", ErrorCode.BadAddress, $"{subnet} cannot be the subnet of network '{network.Name}'",
                $"it overlaps with {what}");
        }
    }

    private static void CheckPool(Network network, Finding report)
    {
        if (network.Pool is not { } pool)
        {
            return;
        }
        string path = $"networks.{network.Name}.dhcp";
        if (network.Subnet is not { } subnet)
        {
            report(path, ErrorCode.DoesNotApply, $"network '{network.Name}' has a DHCP range and no subnet",
                "add 'subnet:', or leave the range to Weft");
        }
        else if (!subnet.Contains(pool.First) || !subnet.Contains(pool.Last) || V4.Of(pool.First) > V4.Of(pool.Last))
        {
            report(path, ErrorCode.BadAddress, $"the DHCP range {pool.First} to {pool.Last} of network '{network.Name}' is wrong",
                $"it has to go upward and lie within {subnet}");
        }
        else if (V4.Of(pool.First) <= V4.Of(subnet.BaseAddress) + ReservedOffset(network)
            || V4.Of(pool.Last) > V4.Of(V4.LastUsable(subnet)))
        {
            report(path, ErrorCode.BadAddress,
                $"the DHCP range {pool.First} to {pool.Last} of network '{network.Name}' holds an address that is taken",
                $"guests have {V4.At(subnet, ReservedOffset(network) + 1)} to {V4.LastUsable(subnet)}; the rest is network, router and broadcast");
        }
    }

    /// <summary>The last offset that the router uses itself: .3 (DNS) in mode nat, .1 elsewhere.</summary>
    public static uint ReservedOffset(Network network) => network.Mode == NetworkMode.Nat ? 3u : 1u;

    private static void CheckInternal(Network network, Finding report)
    {
        if (network.Mode != NetworkMode.Internal)
        {
            return;
        }
        string path = $"networks.{network.Name}";
        if (network.HostLoopback)
        {
            report($"{path}.host-loopback", ErrorCode.DoesNotApply, $"internal network '{network.Name}' allows host-loopback",
                "an internal network has no way to the host");
        }
        if (network.Source is not null)
        {
            report($"{path}.source", ErrorCode.DoesNotApply, $"internal network '{network.Name}' has a source address",
                "an internal network has no way to the outside");
        }
        if (!network.Dhcp && (network.Subnet is not null || network.Dns))
        {
            string key = network.Subnet is not null ? "subnet" : "dns";
            report($"{path}.{key}", ErrorCode.DoesNotApply, $"internal network '{network.Name}' has '{key}' but no DHCP",
                "nobody would tell the guests; add 'dhcp: true'");
        }
    }

    private static void CheckOverlaps(Topology topology, Finding report)
    {
        Network[] fixedOnes = [.. topology.Networks.Where(n => n.Subnet is not null)];
        for (int i = 0; i < fixedOnes.Length; i++)
        {
            if (Array.Find(fixedOnes[..i], n => V4.Overlap(n.Subnet!.Value, fixedOnes[i].Subnet!.Value)) is { } other)
            {
                report($"networks.{fixedOnes[i].Name}.subnet", ErrorCode.SubnetsOverlap,
                    $"subnet {fixedOnes[i].Subnet} of network '{fixedOnes[i].Name}' overlaps with {other.Subnet} of network '{other.Name}'",
                    "a guest on both could not tell them apart");
            }
        }
    }

    private static void CheckNatTwice(Topology topology, Finding report)
    {
        foreach (Vm vm in topology.Vms)
        {
            foreach (IGrouping<string, Nic> same in vm.Nics.Where(n => n.Network is not null).GroupBy(n => n.Network!))
            {
                if (same.Count() > 1 && topology.FindNetwork(same.Key) is { Mode: NetworkMode.Nat, Subnet: not null })
                {
                    report($"vms.{vm.Name}.nics.{same.ElementAt(1).Number}.net", ErrorCode.SubnetsOverlap,
                        $"two NICs of vm '{vm.Name}' would be in the same subnet of network '{same.Key}'",
                            "take 'subnet' away there, and each NIC gets one of its own");
                }
            }
        }
    }
}
