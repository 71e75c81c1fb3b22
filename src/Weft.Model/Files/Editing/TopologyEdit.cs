using Weft.Model.Differences;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files.Editing;

/// <summary>
/// Theory. The text of a topology file, changed so that it says what is wanted now: each network, VM and forward that differs is
/// edited where it stands, by key where it can be; a section that defies that is written anew; and a text that does not say
/// what is wanted after all that is given up for a fresh one. What is right already is never touched, so comments stay.
/// </summary>
public static class TopologyEdit
{
    /// <summary>Twice for networks that exist by use, or no longer do, and MACs that others give way to.</summary>
    private const int Passes = 3;

    /// <summary>Characters to parse, all edits together, after which writing afresh is the better service.</summary>
    private const long Budget = 16 << 20;

    public static string Write(string? applied, Topology wanted)
    {
        string? text = applied;
        for (int pass = 0; text is not null && pass < Passes; pass++)
        {
            if (TopologyFile.Read(text, "").Topology is not { } said)
            {
                break;
            }
            if (said == wanted)
            {
                return text;
            }
            text = HasAliases(text) ? null : Edit(text, said, wanted);
        }
        return TopologyText.Write(wanted);
    }

    private static string? Edit(string text, Topology said, Topology wanted)
    {
        if ((long)text.Length * TopologyDifferences.Between(said, wanted).Length > Budget)
        {
            return null;
        }
        string fresh = TopologyText.Write(wanted);
        text = Section(text, "networks", fresh, t => new NetworksSection(wanted).Apply(t, said));
        text = Section(text, "vms", fresh, t => new VmsSection(wanted).Apply(t, said));
        return Section(text, "forwards", fresh, t => ForwardsSection.Apply(t, said, wanted));
    }

    /// <summary>The section edited, or as a fresh text has it.</summary>
    private static string Section(string text, string section, string fresh, Func<string, string?> edit)
    {
        if (edit(text) is { } edited)
        {
            return edited;
        }
        int start = fresh.IndexOf($"{section}:\n", StringComparison.Ordinal);
        int end = start < 0 ? -1 : fresh.IndexOf("\n\n", start, StringComparison.Ordinal);
        string lines = start < 0 ? "" : end < 0 ? fresh[start..] : fresh[start..(end + 1)];
        return new YamlEditor(text).ReplaceSection(section, lines) ?? text;
    }

    /// <summary>A node behind an alias stands where its anchor is: it cannot be edited alone.</summary>
    private static bool HasAliases(string text)
    {
        HashSet<YamlNode> seen = new(ReferenceEqualityComparer.Instance);
        return new YamlEditor(text).Root is { } root && IsSeenTwice(root, seen);
    }

    private static bool IsSeenTwice(YamlNode node, HashSet<YamlNode> seen) => !seen.Add(node) || node switch
    {
        YamlMappingNode mapping => mapping.Children.Any(c => IsSeenTwice(c.Key, seen) || IsSeenTwice(c.Value, seen)),
        YamlSequenceNode list => list.Children.Any(c => IsSeenTwice(c, seen)),
        _ => false,
    };
}
