using System.Text.Json.Nodes;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Model.Editing;

/// <summary>What can be done to a NIC. Each takes the topology as it is wanted now; a mistake or a refusal is a
/// <see cref="WeftException"/>. Numbers stay: taking NIC 1 away leaves NIC 2 what it is.</summary>
public static class NicEdits
{
    /// <summary>A NIC at the VM's first free number.</summary>
    public static Edited Add(Topology topology, string vm, string json)
    {
        Vm found = VmEdits.Find(topology, vm);
        int number = Enumerable.Range(1, Vm.MaxNics).FirstOrDefault(n => found.Nics.All(nic => nic.Number != n));
        return number != 0 ? Put(topology, vm, number, json) : throw new WeftException(new WeftError(ErrorCode.TooManyNics,
            $"vm '{vm}' has {Vm.MaxNics} NICs", $"a VM has at most {Vm.MaxNics}", $"weft nic rm {vm}:{Vm.MaxNics}"));
    }

    /// <summary>Makes it what <paramref name="json"/> says, whether it is there or not.</summary>
    public static Edited Put(Topology topology, string vm, int number, string json)
    {
        Vm found = VmEdits.Find(topology, vm);
        if (number is < 1 or > Vm.MaxNics)
        {
            throw new WeftException(Missing.Nic(topology, vm, number));
        }
        string verb = topology.FindNic(vm, number) is null ? "add" : "change";
        return new Edited(new ObjectReader(topology, $"weft vm show {vm}").Nic(found, number, json), $"{verb} NIC {Names.Nic(vm, number)}");
    }

    /// <summary>Keys that change. A NIC on another network loses the address that it had reserved, unless it gets one there.</summary>
    public static Edited Patch(Topology topology, string vm, int number, string json)
    {
        Nic nic = Find(topology, vm, number);
        JsonObject next = MergePatch.Parse(TopologyWriter.Nic(nic));
        JsonObject patch = MergePatch.Parse(json);
        if (patch.ContainsKey("net") && Text(patch, "net") != Text(next, "net"))
        {
            next.Remove("ip");
        }
        // The usual way of the old model says nothing of the new one's.
        string kind = Text(patch, "attach") ?? Array.Find(AttachmentReader.Places, p => patch[p] is not null) ??
            (patch.ContainsKey("model") && nic.IsAttachedAsUsual ? "" : nic.Attachment.Word());
        if (kind != nic.Attachment.Word())
        {
            next.Remove("attach");
            Array.ForEach(AttachmentReader.Places, p => next.Remove(p));
        }
        return Put(topology, vm, number, MergePatch.Apply(next, patch).ToJsonString());
    }

    public static Edited Remove(Topology topology, string vm, int number)
    {
        string name = Names.Nic(vm, number);
        if (topology.FindVm(vm) is not { } found || topology.FindNic(vm, number) is null)
        {
            return new Edited(null, $"nothing to do: there is no NIC {name}");
        }
        Topology next = topology.With(found with { Nics = found.Nics.Where(n => n.Number != number).ToItems() });
        return new Edited(new ObjectReader(topology, "weft forward ls").Check(next), $"remove NIC {name}");
    }

    public static Nic Find(Topology topology, string vm, int number) =>
        topology.FindNic(vm, number) ?? throw new WeftException(Missing.Nic(topology, vm, number) with { Try = "weft nic ls" });

    private static string? Text(JsonObject at, string key) => at[key] is JsonValue value ? value.ToString() : null;
}
