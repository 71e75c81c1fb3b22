using System.Net;
using System.Text;
using System.Text.Json;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Daemon.Store;

/// <summary>
/// The stored state as objects: networks/lab, vms/alpha, forwards/…, subnets/…, files/applied. Networks, VMs and forwards are in the
/// schema of a topology file, so reading them back is reading one file put together from all.
/// </summary>
internal static class StateObjects
{
    public static readonly string[] Kinds = ["networks", "vms", "forwards", "subnets", Files];

    private const string Files = "files";
    private const string Applied = $"{Files}/applied";

    public static IReadOnlyDictionary<string, string> Write(StoredState state)
    {
        Dictionary<string, string> objects = new(StringComparer.Ordinal);
        foreach (Network network in state.Topology.Networks)
        {
            objects[$"networks/{network.Name}"] = TopologyWriter.Network(network);
        }
        foreach (Vm vm in state.Topology.Vms)
        {
            objects[$"vms/{vm.Name}"] = TopologyWriter.Vm(vm);
        }
        foreach (Forward forward in state.Topology.Forwards)
        {
            objects[$"forwards/{FileName(forward.Key)}"] = TopologyWriter.Forward(forward);
        }
        foreach ((string network, IPNetwork subnet) in state.Picked)
        {
            objects[$"subnets/{FileName(network)}"] = $$"""{ "network": "{{network}}", "subnet": "{{subnet}}" }""";
        }
        if (state.File is { } file)
        {
            objects[Applied] = JsonSerializer.Serialize(file, StoreJson.Default.AppliedFile);
        }
        return objects;
    }

    /// <exception cref="WeftException">An object was changed by somebody else and makes no sense any more.</exception>
    public static StoredState Read(IReadOnlyDictionary<string, string> objects, string folder)
    {
        StringBuilder text = new("{");
        AppendSection(text, "networks", objects);
        AppendSection(text.Append(','), "vms", objects);
        text.Append(", \"forwards\": [").AppendJoin(",\n", Of("forwards", objects).Select(o => o.Value)).Append("]}");
        ReadResult read = TopologyFile.Read(text.ToString(), "state");
        if (read.Topology is null)
        {
            throw Damaged(folder, read.Errors[0].Message, read.Errors[0].Cause);
        }
        return new StoredState(read.Topology, ReadPicked(objects, folder)) { File = ReadFile(objects, folder) };
    }

    private static AppliedFile? ReadFile(IReadOnlyDictionary<string, string> objects, string folder)
    {
        try
        {
            return objects.TryGetValue(Applied, out string? json) ? JsonSerializer.Deserialize(json, StoreJson.Default.AppliedFile) : null;
        }
        catch (JsonException problem)
        {
            throw Damaged(folder, $"{Applied}.json cannot be read", problem.Message.ReplaceLineEndings(" "));
        }
    }

    private static Dictionary<string, IPNetwork> ReadPicked(IReadOnlyDictionary<string, string> objects, string folder)
    {
        Dictionary<string, IPNetwork> picked = new(StringComparer.Ordinal);
        foreach ((string name, string json) in Of("subnets", objects))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(json);
                picked[document.RootElement.GetProperty("network").GetString()!] = IPNetwork.Parse(document.RootElement.GetProperty("subnet").GetString()!);
            }
            catch (Exception problem)
                when (problem is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
            {
                throw Damaged(folder, $"{name}.json cannot be read", problem.Message.ReplaceLineEndings(" "));
            }
        }
        return picked;
    }

    private static void AppendSection(StringBuilder text, string kind, IReadOnlyDictionary<string, string> objects) =>
        text.Append($"\"{kind}\": {{").AppendJoin(",\n", Of(kind, objects).Select(o => $"\"{o.Key[(kind.Length + 1)..]}\": {o.Value}"))
            .Append('}');

    private static IEnumerable<KeyValuePair<string, string>> Of(string kind, IReadOnlyDictionary<string, string> objects) =>
        objects.Where(o => o.Key.StartsWith(kind + "/", StringComparison.Ordinal)).OrderBy(o => o.Key, StringComparer.Ordinal);

    /// <summary>"127.0.0.1:8080/tcp" and "nat/alpha:1" as file names.</summary>
    private static string FileName(string key) => key.Replace('/', '_').Replace(':', '-').Replace("[", "").Replace("]", "");

    private static WeftException Damaged(string folder, string what, string why) => new(new WeftError(ErrorCode.StoreDamaged,
        $"the stored state in {folder} is damaged: {what}", why, $"mv {ShellWord.Line(folder, $"{folder}.damaged")} && weft up"));
}
