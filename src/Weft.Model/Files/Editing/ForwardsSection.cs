using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files.Editing;

/// <summary>Edits of <c>forwards:</c>.</summary>
internal static class ForwardsSection
{
    private const string Section = "forwards";

    /// <summary>The text with all forwards as wanted; null when that cannot be.</summary>
    public static string? Apply(string text, Topology said, Topology wanted)
    {
        string? next = text;
        foreach (Forward forward in said.Forwards.Where(f => !wanted.Forwards.Contains(f)))
        {
            next = next is null ? null : Remove(new YamlEditor(next), forward);
        }
        foreach (Forward forward in wanted.Forwards.Where(f => !said.Forwards.Contains(f)))
        {
            next = next is null ? null : new YamlEditor(next).AddTo(Section, TopologyText.Forward(forward), isList: true);
        }
        return next;
    }

    private static string? Remove(YamlEditor editor, Forward forward)
    {
        if (YamlEditor.Find(editor.Root, Section) is not YamlSequenceNode list)
        {
            return null;
        }
        int index = list.Children.ToList().FindIndex(item =>
            Forward.TryParse((item as YamlScalarNode)?.Value ?? "", out Forward there, out _) && there == forward);
        return index < 0 ? null : editor.Remove((YamlNode)list, index);
    }
}
