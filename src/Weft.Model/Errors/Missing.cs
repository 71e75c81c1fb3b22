using Weft.Model.Files;
using Weft.Model.Validation;

namespace Weft.Model.Errors;

/// <summary>The errors for things that somebody named and that do not exist.</summary>
public static class Missing
{
    public static WeftError Vm(Topology topology, string name)
    {
        IEnumerable<string> names = topology.Vms.Select(v => v.Name);
        string? near = Spelling.Nearest(name, names);
        return new WeftError(ErrorCode.UnknownVm, $"unknown vm '{name}'",
            $"{Spelling.Suggest(name, names)}{TopologyCheck.Known("VMs", names)}",
            near is null ? "weft status" : $"weft vm show {near}");
    }

    public static WeftError Network(Topology topology, string name)
    {
        IEnumerable<string> names = topology.Networks.Select(n => n.Name);
        return new WeftError(ErrorCode.UnknownNetwork, $"unknown network '{name}'",
            $"{Spelling.Suggest(name, names)}{TopologyCheck.Known("networks", names)}",
            Spelling.Nearest(name, names) is { } near ? $"weft net show {near}" : "weft net ls");
    }

    public static WeftError Nic(Topology topology, string vm, int number)
    {
        if (topology.FindVm(vm) is not { } found)
        {
            IEnumerable<string> names = topology.Vms.Select(v => v.Name);
            string tryLine = Spelling.Nearest(vm, names) is { } near ? $"weft nic plug {near}:{number}" : "weft status";
            return Vm(topology, vm) with { Try = tryLine };
        }
        return new WeftError(ErrorCode.UnknownNic, $"vm '{vm}' has no NIC {number}",
            found.Nics.Count == 0 ? "it has none" : $"its NICs are {string.Join(", ", found.Nics.Select(n => Names.Nic(vm, n.Number)))}",
            found.Nics.Count == 0 ? "weft status" : $"weft nic plug {Names.Nic(vm, found.Nics[0].Number)}");
    }
}
