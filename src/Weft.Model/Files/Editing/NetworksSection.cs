using Weft.Model.Differences;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files.Editing;

/// <summary>Edits of <c>networks:</c>.</summary>
internal sealed class NetworksSection(Topology wanted)
{
    private const string Section = "networks";

    /// <summary>The text with all networks as wanted; null when that cannot be.</summary>
    public string? Apply(string text, Topology said)
    {
        string? next = text;
        foreach (string name in said.Networks.Select(n => n.Name).Union(wanted.Networks.Select(n => n.Name)))
        {
            (Network? before, Network? after) = (said.FindNetwork(name), wanted.FindNetwork(name));
            if (before != after && next is not null)
            {
                next = Change(next, name, before, after);
            }
        }
        return next;
    }

    private static string? Change(string text, string name, Network? before, Network? after)
    {
        YamlEditor editor = new(text);
        YamlMappingNode? section = YamlEditor.Find(editor.Root, Section) as YamlMappingNode;
        YamlNode? node = YamlEditor.Find(section, name);
        if (after is null)
        {
            // One that existed by use goes with its last NIC.
            return node is null ? text : editor.Remove(section!, name);
        }
        if (node is null)
        {
            return editor.AddTo(Section, $"{YamlWord.Of(name)}: {TopologyText.Network(after)}", isList: false);
        }
        return before is null || before.Mode != after.Mode || node is not YamlMappingNode
            ? editor.Replace(node, TopologyText.Network(after))
            : ChangeInPlace(text, t => YamlEditor.Find(YamlEditor.Find(t.Root, Section), name) as YamlMappingNode, before, after);
    }

    private static string? ChangeInPlace(string text, Func<YamlEditor, YamlMappingNode?> find, Network before, Network after)
    {
        string? next = ChangeKeys(text, find, WithoutNames(before), WithoutNames(after));
        return next is null || before.Names.Equals(after.Names) ? next : StaticNamesSection.Change(next, find, before.Names, after.Names);
    }

    private static Setting[] WithoutNames(Network network) => NetworkSettings.Of(network with { Names = [] });

    /// <summary>Sets the keys that differ, one after the other, in the mapping that <paramref name="find"/> finds.</summary>
    public static string? ChangeKeys(string text, Func<YamlEditor, YamlMappingNode?> find, Setting[] before, Setting[] after)
    {
        string? next = text;
        foreach ((Setting old, Setting setting) in before.Zip(after).Where(s => s.First.Value != s.Second.Value))
        {
            YamlEditor editor = new(next);
            if (find(editor) is not { } mapping)
            {
                return null;
            }
            next = setting.Value is { } value ? editor.Set(mapping, setting.Key, value) : editor.Remove(mapping, old.Key);
            if (next is null)
            {
                return null;
            }
        }
        return next;
    }
}
