using System.Text.Json.Nodes;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Validation;

namespace Weft.Model.Editing;

/// <summary>What can be done to a network. Each takes the topology as it is wanted now; a mistake or a refusal is a
/// <see cref="WeftException"/>.</summary>
public static class NetworkEdits
{
    /// <param name="ifMissing">One that is there already is fine, whatever it is like.</param>
    public static Edited Create(Topology topology, string name, string json, bool ifMissing)
    {
        if (topology.FindNetwork(name) is null)
        {
            return new Edited(new ObjectReader(topology, "weft net ls").Network(name, json), $"add network {name}");
        }
        return ifMissing ? new Edited(null, $"network {name} is there already") : throw new WeftException(new WeftError(
            ErrorCode.AlreadyThere, $"there is a network '{name}' already", "'net set' changes it, '--if-missing' takes it as it is",
            $"weft net show {name}"));
    }

    /// <summary>Makes it what <paramref name="json"/> says, whether it is there or not.</summary>
    public static Edited Put(Topology topology, string name, string json) => new(
        new ObjectReader(topology, "weft net ls").Network(name, json),
        topology.FindNetwork(name) is null ? $"add network {name}" : $"change network {name}");

    public static Edited Patch(Topology topology, string name, string json)
    {
        Network network = Find(topology, name);
        JsonObject next = MergePatch.Apply(Chosen(network), MergePatch.Parse(json));
        return new Edited(new ObjectReader(topology, $"weft net show {name}").Network(name, next.ToJsonString()), $"change network {name}");
    }

    /// <param name="force">Its NICs stay and are on no network then; forwards into it go.</param>
    public static Edited Remove(Topology topology, string name, bool force)
    {
        if (topology.FindNetwork(name) is not { } network)
        {
            return new Edited(null, $"nothing to do: there is no network '{name}'");
        }
        string[] nics = [.. topology.Vms.SelectMany(vm => vm.Nics.Where(n => n.Network == name).Select(n => Names.Nic(vm.Name, n.Number)))];
        Topology next = Detached(topology, name).Without(network);
        Forward[] forwards = [.. next.Forwards.Where(f => TopologyCheck.FaultOf(next, f) is not null)];
        if (!force && nics.Length + forwards.Length > 0)
        {
            throw new WeftException(new WeftError(ErrorCode.NetworkInUse, $"network '{name}' is in use",
                nics.Length > 0 ? $"on it are {string.Join(", ", nics)}" : $"'{forwards[0]}' leads into it", $"weft net rm {name} --force"));
        }
        return new Edited(forwards.Aggregate(next, (reached, forward) => reached.Without(forward)), $"remove network {name}");
    }

    public static Network Find(Topology topology, string name) =>
        topology.FindNetwork(name) ?? throw new WeftException(Missing.Network(topology, name));

    private static Topology Detached(Topology topology, string name) => topology with
    {
        Vms = topology.Vms.Select(vm => vm with
        {
            Nics = vm.Nics.Select(n => n.Network == name ? n with { Network = null, Address = null } : n).ToItems(),
        }).ToItems(),
    };

    /// <summary>The network in its file's form without what its mode gives anyway: a patch of the mode brings the other's.</summary>
    internal static JsonObject Chosen(Network network)
    {
        JsonObject all = MergePatch.Parse(TopologyWriter.Network(network));
        JsonObject given = MergePatch.Parse(TopologyWriter.Network(Network.Of(network.Name, network.Mode)));
        foreach ((string key, JsonNode? value) in given)
        {
            if (key != "mode" && JsonNode.DeepEquals(value, all[key]))
            {
                all.Remove(key);
            }
        }
        return all;
    }
}
