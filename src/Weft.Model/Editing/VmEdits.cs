using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Model.Editing;

/// <summary>What can be done to a VM. Each takes the topology as it is wanted now; a mistake or a refusal is a
/// <see cref="WeftException"/>.</summary>
public static class VmEdits
{
    /// <param name="ifMissing">One that is there already is fine, whatever it is like.</param>
    public static Edited Create(Topology topology, string name, string json, bool ifMissing)
    {
        if (topology.FindVm(name) is null)
        {
            return new Edited(new ObjectReader(topology, "weft net ls").Vm(name, json), $"add vm {name}");
        }
        return ifMissing ? new Edited(null, $"vm {name} is there already") : throw new WeftException(new WeftError(
            ErrorCode.AlreadyThere, $"there is a vm '{name}' already", "'nic add' and 'nic set' change it, '--if-missing' takes it as it is",
            $"weft vm show {name}"));
    }

    /// <summary>Makes it what <paramref name="json"/> says, whether it is there or not.</summary>
    public static Edited Put(Topology topology, string name, string json) => new(
        new ObjectReader(topology, "weft vm ls").Vm(name, json), topology.FindVm(name) is null ? $"add vm {name}" : $"change vm {name}");

    public static Edited Patch(Topology topology, string name, string json)
    {
        string next = MergePatch.Apply(MergePatch.Parse(TopologyWriter.Vm(Find(topology, name))), MergePatch.Parse(json)).ToJsonString();
        return new Edited(new ObjectReader(topology, $"weft vm show {name}").Vm(name, next), $"change vm {name}");
    }

    /// <summary>With its NICs and the forwards that lead to it by name.</summary>
    public static Edited Remove(Topology topology, string name) => topology.FindVm(name) is not { } vm
        ? new Edited(null, $"nothing to do: there is no vm '{name}'")
        : new Edited(topology.Without(vm) with { Forwards = topology.Forwards.Where(f => f.Guest != name).ToItems() }, $"remove vm {name}");

    public static Vm Find(Topology topology, string name) => topology.FindVm(name) ??
        throw new WeftException(Missing.Vm(topology, name) with { Try = "weft vm ls" });
}
