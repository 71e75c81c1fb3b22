using System.Text;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Model.Validation;

/// <summary>Tells of one thing that is wrong: where in the topology ("vms.alpha.nics.1.net"), code, what, why.</summary>
public delegate void Finding(string path, string code, string message, string cause);

/// <summary>Checks a topology as a whole. The checks of one subject stand together; each finding names both sides.</summary>
public static class TopologyCheck
{
    public static void Run(Topology topology, Finding report)
    {
        NetworkCheck.Run(topology, report);
        StaticNameCheck.Run(topology, report);
        CheckNics(topology, report);
        CheckMacs(topology, report);
        CheckTaps(topology, report);
        SocketCheck.Run(topology, report);
        ModelCheck.Run(topology, report);
        ReservationCheck.Run(topology, report);
        CheckForwards(topology, report);
    }

    /// <summary>Why <paramref name="forward"/> cannot be in <paramref name="topology"/>; null when it can.</summary>
    public static (string Code, string Message, string Cause)? FaultOf(Topology topology, Forward forward)
    {
        if (forward.GuestAddress is { } address)
        {
            return topology.Networks.Any(n => n.Mode == NetworkMode.NatNetwork && n.Subnet is { } subnet && subnet.Contains(address))
                ? null
                : (ErrorCode.ForwardWithoutNat, $"no network holds {address}, the guest of forward '{forward}'",
                    "an address needs a nat-network with a 'subnet:' that contains it; a VM's name works everywhere");
        }
        if (topology.FindVm(forward.Guest) is not { } vm)
        {
            return (ErrorCode.UnknownVm, $"forward '{forward}' leads to an unknown vm '{forward.Guest}'",
                $"{Spelling.Suggest(forward.Guest, topology.Vms.Select(v => v.Name))}{Known("VMs", topology.Vms.Select(v => v.Name))}");
        }
        return ForwardNetwork(topology, vm) is null
            ? (ErrorCode.ForwardWithoutNat, $"vm '{vm.Name}' has no NIC that a forward can reach",
                "forwards lead through a network in mode nat or nat-network")
            : null;
    }

    /// <summary>The NIC that forwards to <paramref name="vm"/> go to: the first one behind a translator.</summary>
    public static Nic? ForwardNetwork(Topology topology, Vm vm) =>
        vm.Nics.FirstOrDefault(n => topology.FindNetwork(n.Network) is { Mode: NetworkMode.Nat or NetworkMode.NatNetwork });

    /// <summary>"the VMs are alpha, beta", or that there are none.</summary>
    public static string Known(string what, IEnumerable<string> names)
    {
        string list = string.Join(", ", names);
        return list.Length == 0 ? $"there are no {what}" : $"the {what} are {list}";
    }

    private static void CheckNics(Topology topology, Finding report)
    {
        IEnumerable<string> names = topology.Networks.Select(n => n.Name);
        foreach ((Vm vm, Nic nic) in NicsOf(topology))
        {
            if (nic.Network is { } network && topology.FindNetwork(network) is null)
            {
                report($"vms.{vm.Name}.nics.{nic.Number}.net", ErrorCode.UnknownNetwork,
                    $"unknown network '{network}' of NIC {Names.Nic(vm.Name, nic.Number)}",
                    $"{Spelling.Suggest(network, [.. names, "none", "nat", "intnet"])}{Known("networks", names)}");
            }
        }
    }

    private static void CheckMacs(Topology topology, Finding report)
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach ((Vm vm, Nic nic) in NicsOf(topology))
        {
            string name = Names.Nic(vm.Name, nic.Number);
            if (!owners.TryAdd(nic.Mac, name))
            {
                report($"vms.{vm.Name}.nics.{nic.Number}.mac", ErrorCode.DuplicateMac,
                    $"NIC {name} has the MAC of {owners[nic.Mac]}, {nic.Mac}",
                    "a switch would deliver to one of the two at random; leave 'mac' away and each NIC gets one of its own");
            }
        }
    }

    private static void CheckTaps(Topology topology, Finding report)
    {
        Dictionary<TapPlace, string> owners = [];
        foreach ((Vm vm, Nic nic) in NicsOf(topology))
        {
            if (nic.Tap is not { } tap)
            {
                continue;
            }
            string name = Names.Nic(vm.Name, nic.Number);
            string path = $"vms.{vm.Name}.nics.{nic.Number}.tap";
            if (Encoding.UTF8.GetByteCount(tap.Name) is 0 or > TapPlace.MaxName || tap.Name is "." or ".." ||
                tap.Name.Any(c => c is '/' or '%' || IsUnusable(c)))
            {
                report(path, ErrorCode.BadTap, $"'{tap.Name}' cannot be the TAP of NIC {name}",
                    $"an interface name has 1 to {TapPlace.MaxName} bytes, no space, '/', ':', '%' and nothing that a shell takes for its own; give one by 'tap: {{ name: … }}'");
            }
            else if (tap.Namespace is { } space && (space.Length is 0 or > TapPlace.MaxNamespace || space.StartsWith('-') || space.Any(IsUnusable)))
            {
                report($"{path}.netns", ErrorCode.BadTap, $"'{space}' cannot be the network namespace of NIC {name}",
                    "it is a name, a full path or a process id, without spaces and what a shell takes for its own");
            }
            else if (!owners.TryAdd(tap, name))
            {
                report(path, ErrorCode.DuplicateTap, $"NIC {name} and NIC {owners[tap]} want the same TAP '{tap.Name}'",
                    "a TAP belongs to one NIC");
            }
        }
    }

    private static bool IsUnusable(char c) => char.IsWhiteSpace(c) || char.IsControl(c) || SocketCheck.Unusable.Contains(c);

    private static void CheckForwards(Topology topology, Finding report)
    {
        foreach (Forward forward in topology.Forwards)
        {
            if (FaultOf(topology, forward) is { } fault)
            {
                report($"forwards.{forward.Key.Replace('.', '_')}", fault.Code, fault.Message, fault.Cause);
            }
        }
    }

    private static IEnumerable<(Vm Vm, Nic Nic)> NicsOf(Topology topology) => topology.Vms
        .SelectMany(vm => vm.Nics.Select(nic => (vm, nic)));
}
