using System.Text.Json.Nodes;
using Weft.Model.Errors;

namespace Weft.Model.Editing;

/// <summary>What can be done to a static name. Each takes the topology as it is wanted now; a mistake or a refusal is a
/// <see cref="WeftException"/>.</summary>
public static class NameEdits
{
    /// <summary>Makes it what <paramref name="json"/> says (an address, or a list of them), whether it is there or not.</summary>
    public static Edited Set(Topology topology, string network, string name, string json)
    {
        Network found = NetworkEdits.Find(topology, network);
        JsonObject spec = NetworkEdits.Chosen(found);
        JsonObject names = spec["names"] as JsonObject ?? [];
        names[name] = MergePatch.ParseValue(json);
        spec["names"] = names.DeepClone();
        return new Edited(new ObjectReader(topology, $"weft dns ls {network}").Network(network, spec.ToJsonString()),
            $"{(found.Names.Any(n => n.Name == name) ? "change" : "add")} name {name} of {network}");
    }

    public static Edited Remove(Topology topology, string network, string name)
    {
        Network found = NetworkEdits.Find(topology, network);
        return found.Names.All(n => n.Name != name)
            ? new Edited(null, $"nothing to do: network '{network}' has no name '{name}' of its own")
            : new Edited(topology.With(found with { Names = found.Names.Where(n => n.Name != name).ToItems() }), $"remove name {name} of {network}");
    }
}
