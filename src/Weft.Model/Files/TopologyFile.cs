using Weft.Model.Errors;
using Weft.Model.Validation;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>
/// Theory. A *.weft.yml (or the same in JSON, which is YAML) becomes a Topology in four passes:
///   1. YAML to nodes with marks; what is no YAML ends here
///   2. networks, VMs, forwards, each read strictly: unknown keys, shapes and words are reported where they stand
///   3. what need not be written is filled in: networks by use, MACs
///   4. the finished value is checked as a whole; findings lead back to lines through remembered paths
/// Every pass but the first collects mistakes instead of stopping at one. A result with mistakes has no topology.
/// </summary>
public static class TopologyFile
{
    public const int MaxCharacters = 1 << 20;

    internal static readonly string[] Keys = ["name", "networks", "vms", "forwards"];

    /// <param name="fileName">As its owner would type it; stands in every message.</param>
    public static ReadResult Read(string text, string fileName)
    {
        FileErrors errors = new(fileName);
        Topology? topology = Load(text, errors) switch
        {
            null => errors.Any ? null : Topology.Empty,
            var root => ReadRoot(root, errors),
        };
        if (topology is not null)
        {
            TopologyCheck.Run(topology, errors.Add);
        }
        return new ReadResult(errors.Any ? null : topology, errors.InOrder());
    }

    private static YamlNode? Load(string text, FileErrors errors)
    {
        if (text.Length > MaxCharacters)
        {
            errors.Add("", ErrorCode.FileTooLarge, $"the file has {text.Length:N0} characters",
                $"a topology file has at most {MaxCharacters:N0}");
            return null;
        }
        return YamlText.Load(text, errors);
    }

    private static Topology? ReadRoot(YamlNode root, FileErrors errors)
    {
        if (root is not YamlMappingNode mapping)
        {
            errors.Add(root, ErrorCode.WrongShape, "a topology is a mapping", $"the file's keys are {string.Join(", ", Keys)}");
            return null;
        }
        MappingReader reader = new(errors, mapping, "the file", "", Keys);
        _ = reader.Text("name");
        SortedDictionary<string, Network> networks = ReadNetworks(reader.Node("networks"), errors);
        NetworksByUse byUse = new(errors, networks);
        SortedDictionary<string, Vm> vms = ReadVms(reader.Node("vms"), errors, byUse);
        List<Forward> forwards = ReadForwards(reader.Node("forwards"), errors);
        return errors.Any ? null : new Topology
        {
            Networks = networks.Values.Concat(byUse.Used).OrderBy(n => n.Name, StringComparer.Ordinal).ToItems(),
            Vms = GeneratedMacs.Fill(vms.Values),
            Forwards = forwards.OrderBy(f => f.Key, StringComparer.Ordinal).ToItems(),
        };
    }

    private static SortedDictionary<string, Network> ReadNetworks(YamlNode? node, FileErrors errors)
    {
        SortedDictionary<string, Network> networks = new(StringComparer.Ordinal);
        foreach ((string name, YamlNode value) in Entries(node, "networks", errors))
        {
            if (name == NetworkModes.NotAttached)
            {
                errors.Add($"networks.{name}", ErrorCode.BadName, "a network cannot be called 'none'",
                    "'none' says that a NIC is not attached");
            }
            else if (NetworkReader.Read(errors, name, value) is { } network)
            {
                networks[name] = network;
            }
        }
        return networks;
    }

    private static SortedDictionary<string, Vm> ReadVms(YamlNode? node, FileErrors errors, NetworksByUse byUse)
    {
        SortedDictionary<string, Vm> vms = new(StringComparer.Ordinal);
        VmReader reader = new(errors, new NicReader(errors, byUse));
        foreach ((string name, YamlNode value) in Entries(node, "vms", errors))
        {
            if (reader.Read(name, value) is { } vm)
            {
                vms[name] = vm;
            }
        }
        return vms;
    }

    private static List<Forward> ReadForwards(YamlNode? node, FileErrors errors)
    {
        List<Forward> forwards = [];
        if (node is not null and not YamlSequenceNode)
        {
            errors.Add(node, ErrorCode.WrongShape, "'forwards' is not a list",
                "write each forward on a line of its own: '- 8080:alpha:80/tcp'");
        }
        foreach (YamlNode item in (node as YamlSequenceNode)?.Children ?? [])
        {
            string text = YamlText.Show(item);
            if (!Forward.TryParse(text, out Forward forward, out string cause))
            {
                errors.Add(item, ErrorCode.BadForward, $"'{text}' is not a forward", cause);
                continue;
            }
            if (forwards.Find(f => f.ClashesWith(forward)) is { } other)
            {
                errors.Add(item, ErrorCode.DuplicateForward, $"two forwards listen on {forward.Key}", $"'{other}' has that port already");
                continue;
            }
            forwards.Add(forward);
            errors.Remember($"forwards.{forward.Key.Replace('.', '_')}", item);
        }
        return forwards;
    }

    private static IEnumerable<(string Name, YamlNode Value)> Entries(YamlNode? node, string section, FileErrors errors)
    {
        if (node is not null and not YamlMappingNode)
        {
            errors.Add(node, ErrorCode.WrongShape, $"'{section}' is not a mapping", $"write each entry as 'NAME: …' under '{section}:'");
        }
        foreach ((YamlNode key, YamlNode value) in (node as YamlMappingNode)?.Children ?? new YamlMappingNode().Children)
        {
            string name = YamlText.Show(key);
            errors.Remember($"{section}.{name}", key);
            if (Names.IsName(name))
            {
                yield return (name, value);
            }
            else
            {
                errors.Add(key, ErrorCode.BadName, $"'{name}' is not a name", Names.Rule);
            }
        }
    }
}
