using Weft.Model.Differences;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files.Editing;

/// <summary>Edits of a network's <c>names:</c>, name by name.</summary>
internal static class StaticNamesSection
{
    private const string Key = StaticNameSettings.Key;

    /// <summary>The text with the names of the network that <paramref name="find"/> finds as wanted; null when that cannot be.</summary>
    public static string? Change(string text, Func<YamlEditor, YamlMappingNode?> find, Items<StaticName> before, Items<StaticName> after)
    {
        YamlEditor editor = new(text);
        if (find(editor) is not { } network)
        {
            return null;
        }
        if (after.Count == 0)
        {
            return editor.Remove(network, Key);
        }
        if (YamlEditor.Find(network, Key) is not YamlMappingNode)
        {
            return editor.Set(network, Key, StaticNameSettings.Of(after)!);
        }
        // Those that come stand there before others go: a mapping in lines cannot be empty.
        string? next = text;
        foreach (StaticName name in after.Where(n => !before.Contains(n)))
        {
            next = Edit(next, find, (edited, names) => edited.Set(names, name.Name, StaticNameSettings.Addresses(name)));
        }
        foreach (StaticName name in before.Where(n => after.All(a => a.Name != n.Name)))
        {
            next = Edit(next, find, (edited, names) => edited.Remove(names, name.Name));
        }
        return next;
    }

    private static string? Edit(string? text, Func<YamlEditor, YamlMappingNode?> find, Func<YamlEditor, YamlMappingNode, string?> edit)
    {
        YamlEditor? editor = text is null ? null : new YamlEditor(text);
        return editor is not null && YamlEditor.Find(find(editor), Key) is YamlMappingNode names ? edit(editor, names) : null;
    }
}
