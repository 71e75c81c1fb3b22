using Weft.Model.Errors;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files.Editing;

/// <summary>
/// Theory. Changes single values in a text of YAML and leaves every other character as it is: nodes know where they stand,
/// so a change is a cut in the text, after which the text is read again and the next change finds its nodes anew.
///   in brackets   an entry is what stands between its first and last character, and a comma goes with it
///   in lines      an entry is its lines, with the comment lines right above and what follows it on its last line
/// What cannot be cut like this is refused with false. Whoever edits compares what the new text says with what it should
/// say: a text can be laid out in ways that nobody foresees here.
/// </summary>
internal sealed class YamlEditor
{
    private readonly TextLines _lines;

    public YamlEditor(string text)
    {
        Text = text;
        _lines = new TextLines(text);
        FileErrors errors = new("");
        YamlNode? root = YamlText.Load(text, errors);
        Root = root as YamlMappingNode;
        IsReadable = !errors.Any && root is null or YamlMappingNode;
    }

    public string Text { get; }

    /// <summary>Null when the text has no entries at all.</summary>
    public YamlMappingNode? Root { get; }

    public bool IsReadable { get; }

    /// <summary>The value under <paramref name="key"/>; null when there is none, or one of null.</summary>
    public static YamlNode? Find(YamlNode? mapping, string key) =>
        Entry(mapping, key)?.Value is { } node && !MappingReader.IsNull(node) ? node : null;

    /// <summary>Puts <paramref name="value"/> where <paramref name="node"/> stands.</summary>
    public string Replace(YamlNode node, string value) => Splice(Start(node), End(node), value);

    /// <summary>Sets a key of a mapping, whether it was there or not.</summary>
    public string? Set(YamlMappingNode mapping, string key, string value) =>
        Entry(mapping, key) is not { } entry ? Add(mapping, $"{YamlWord.Of(key)}: {value}")
        : MappingReader.IsNull(entry.Value) ? SetNull(entry.Key, entry.Value, value) : Replace(entry.Value, value);

    /// <summary>Adds an entry behind the last one.</summary>
    /// <param name="entry">"key: value" for a mapping, a value for a list.</param>
    public string? Add(YamlNode collection, string entry)
    {
        (YamlNode Start, YamlNode End)[] entries = Entries(collection);
        if (IsInBrackets(collection))
        {
            return entries.Length > 0 ? Splice(End(entries[^1].End), End(entries[^1].End), $", {entry}")
                : Splice(Start(collection) + 1, End(collection) - 1, collection is YamlMappingNode ? $" {entry} " : entry);
        }
        if (entries.Length == 0)
        {
            return null;
        }
        int dash = collection is YamlSequenceNode ? Dash(entries[0].Start) : Start(entries[0].Start);
        return dash < 0 ? null
            : AddLine(End(entries[^1].End), dash - _lines.StartOf(dash), collection is YamlSequenceNode ? $"- {entry}" : entry);
    }

    /// <summary>Takes out the entry of this number.</summary>
    public string? Remove(YamlNode collection, int index)
    {
        (YamlNode Start, YamlNode End)[] entries = Entries(collection);
        (int start, int end) = (Start(entries[index].Start), End(entries[index].End));
        if (IsInBrackets(collection))
        {
            return index + 1 < entries.Length ? Splice(start, Start(entries[index + 1].Start), "")
                : Splice(index > 0 ? End(entries[index - 1].End) : start, end, "");
        }
        int first = collection is YamlSequenceNode ? Dash(entries[index].Start) : start;
        if (first >= 0 && _lines.IsBlank(_lines.StartOf(first), first))
        {
            return Splice(_lines.WithCommentsAbove(first), _lines.EndOf(end), "");
        }
        // It shares its line with what it belongs to; the next entry takes its place.
        return first >= 0 && index + 1 < entries.Length ? Splice(start, Start(entries[index + 1].Start), "") : null;
    }

    public string? Remove(YamlMappingNode mapping, string key)
    {
        int index = mapping.Children.Keys.ToList().FindIndex(k => IsKey(k, key));
        return index < 0 ? null : Remove((YamlNode)mapping, index);
    }

    /// <summary>Adds an entry to a section of the root, and the section when it is missing.</summary>
    public string? AddTo(string section, string entry, bool isList)
    {
        if (Find(Root, section) is { } node)
        {
            return isList == node is YamlSequenceNode ? Add(node, entry) : null;
        }
        string line = isList ? $"- {entry}" : entry;
        if (Root is null)
        {
            return AtEnd($"{section}:{_lines.Break}  {line}");
        }
        if (IsInBrackets(Root))
        {
            return Set(Root, section, isList ? $"[{entry}]" : $"{{ {entry} }}");
        }
        return Entry(Root, section) is { } empty
            ? End(empty.Value) == Start(empty.Value) ? AddLine(End(empty.Key), 2, line) : null
            : AtEnd($"{section}:{_lines.Break}  {line}");
    }

    /// <summary>Puts a whole section in the place of the old one.</summary>
    /// <param name="lines">The section as it begins, with its name, each line ended.</param>
    public string? ReplaceSection(string section, string lines)
    {
        if (Root is null || IsInBrackets(Root) || Entry(Root, section) is not { } entry)
        {
            return null;
        }
        int end = _lines.EndOf(Math.Max(End(entry.Key), End(entry.Value)));
        return Splice(_lines.StartOf(Start(entry.Key)), end, lines.ReplaceLineEndings(_lines.Break));
    }

    private string AtEnd(string lines)
    {
        string gap = Text.Length == 0 ? "" : Text.EndsWith('\n') ? _lines.Break : _lines.Break + _lines.Break;
        return $"{Text}{gap}{lines}{_lines.Break}";
    }

    private string SetNull(YamlNode key, YamlNode node, string value) =>
        End(node) > Start(node) ? Replace(node, value) : Splice(_lines.After(End(key), ':'), _lines.After(End(key), ':'), $" {value}");

    private string AddLine(int after, int indent, string line)
    {
        int at = _lines.EndOf(after);
        bool open = at == Text.Length && !Text.EndsWith('\n');
        string added = new string(' ', indent) + line;
        return Splice(at, at, open ? _lines.Break + added : added + _lines.Break);
    }

    private string Splice(int start, int end, string value) => string.Concat(Text.AsSpan(0, start), value, Text.AsSpan(end));

    /// <summary>The dash in front of an entry of a list; -1 when it is on another line.</summary>
    private int Dash(YamlNode entry) => Start(entry) == 0 ? -1 : Text.LastIndexOf('-', Start(entry) - 1) is >= 0 and int dash &&
        _lines.IsBlank(dash + 1, Start(entry)) && _lines.StartOf(dash) == _lines.StartOf(Start(entry)) ? dash : -1;

    private static (YamlNode Start, YamlNode End)[] Entries(YamlNode collection) => collection switch
    {
        YamlMappingNode mapping => [.. mapping.Children.Select(c => (c.Key, IsNothing(c.Value) ? c.Key : c.Value))],
        YamlSequenceNode list => [.. list.Children.Select(c => (c, c))],
        _ => [],
    };

    /// <summary>A value of which nothing is written stands wherever the parser noticed.</summary>
    private static bool IsNothing(YamlNode value) => MappingReader.IsNull(value) && value.Start.Index == value.End.Index;

    private static KeyValuePair<YamlNode, YamlNode>? Entry(YamlNode? mapping, string key)
    {
        foreach (KeyValuePair<YamlNode, YamlNode> entry in (mapping as YamlMappingNode)?.Children ?? new YamlMappingNode().Children)
        {
            if (IsKey(entry.Key, key))
            {
                return entry;
            }
        }
        return null;
    }

    private static bool IsKey(YamlNode node, string key) => node is YamlScalarNode scalar && scalar.Value == key;

    private static bool IsInBrackets(YamlNode node) =>
        node is YamlMappingNode { Style: MappingStyle.Flow } or YamlSequenceNode { Style: SequenceStyle.Flow };

    private static int Start(YamlNode node) => (int)node.Start.Index;

    /// <summary>Behind the last character; the parser's own mark of a collection says where it begins.</summary>
    private int End(YamlNode node) => node switch
    {
        YamlScalarNode => (int)node.End.Index,
        _ when IsInBrackets(node) => _lines.BehindBracket(Entries(node) is [.., var last] ? End(last.End) : _lines.BehindBracket(Start(node))),
        _ => Entries(node) is [.., var last] ? End(last.End) : Start(node),
    };
}
