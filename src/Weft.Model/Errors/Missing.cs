using Weft.Model.Files;
using Weft.Model.Validation;

namespace Weft.Model.Errors;

/// <summary>The errors for things that somebody named and that do not exist.</summary>
public static class Missing
{
    /// <param name="tryNear">The command for a VM whose name is near; null: one that shows it.</param>
    public static WeftError Vm(Topology topology, string name, Func<string, string>? tryNear = null)
    {
        IEnumerable<string> names = topology.Vms.Select(v => v.Name);
        string? near = Spelling.Nearest(name, names);
        return new WeftError(ErrorCode.UnknownVm, $"unknown vm '{name}'",
            $"{Spelling.Suggest(name, names)}{TopologyCheck.Known("VMs", names)}",
            near is null ? "weft status" : tryNear?.Invoke(near) ?? $"weft vm show {near}");
    }

    public static WeftError Network(Topology topology, string name)
    {
        IEnumerable<string> names = topology.Networks.Select(n => n.Name);
        return new WeftError(ErrorCode.UnknownNetwork, $"unknown network '{name}'",
            $"{Spelling.Suggest(name, names)}{TopologyCheck.Known("networks", names)}",
            Spelling.Nearest(name, names) is { } near ? $"weft net show {near}" : "weft net ls");
    }

    /// <param name="command">What was to be done with it, for a NIC of the VM whose name is near.</param>
    public static WeftError Nic(Topology topology, string vm, int number, string command = "weft nic show")
    {
        if (topology.FindVm(vm) is not { } found)
        {
            string? near = Spelling.Nearest(vm, topology.Vms.Select(v => v.Name));
            bool isThere = near is not null && topology.FindNic(near, number) is not null;
            return Vm(topology, vm) with { Try = isThere ? $"{command} {Names.Nic(near!, number)}" : "weft nic ls" };
        }
        return new WeftError(ErrorCode.UnknownNic, $"vm '{vm}' has no NIC {number}",
            found.Nics.Count == 0 ? "it has none" : $"its NICs are {string.Join(", ", found.Nics.Select(n => Names.Nic(vm, n.Number)))}",
            $"weft nic ls {vm}");
    }
}
