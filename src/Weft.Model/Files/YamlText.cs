using Weft.Model.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>
/// Text to YAML nodes. The parser is asked twice: first for its events alone, to bound the nesting (the nodes are built by
/// recursion, and a file of a million brackets would end the process) and how much the aliases come to (ten lists of ten
/// lists of … would keep it busy for ever), then for the nodes.
/// </summary>
internal static class YamlText
{
    private const int MaxDepth = 32;
    private const int MaxShown = 100;

    /// <summary>The root node; null when there is none, or when what stands there was reported.</summary>
    public static YamlNode? Load(string text, FileErrors errors)
    {
        if (text.IndexOf('\0') is >= 0 and int at)
        {
            // The parser takes it for the end of the file.
            int line = text.AsSpan(0, at).Count('\n');
            errors.Add(new Mark(at, line + 1, at - text.LastIndexOf('\n', at)), ErrorCode.MalformedYaml, "this is not YAML",
                "a zero byte stands here");
            return null;
        }
        Parser parser = new(new StringReader(text));
        try
        {
            if (!IsBounded(parser, errors))
            {
                return null;
            }
            parser = new Parser(new StringReader(text));
            YamlStream stream = [];
            stream.Load(parser);
            if (stream.Documents.Count > 1)
            {
                errors.Add(stream.Documents[1].RootNode, ErrorCode.MalformedYaml, "a second document starts here",
                    "a file holds one topology");
                return null;
            }
            return stream.Documents.Count == 0 || MappingReader.IsNull(stream.Documents[0].RootNode) ? null : stream.Documents[0].RootNode;
        }
        catch (YamlException problem)
        {
            Describe(problem, text, errors);
        }
        catch (Exception problem)
            when (problem is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The scanner gives up like this on some plain scalars, "%" after a line break among them.
            errors.Add(parser.Current?.End ?? Mark.Empty, ErrorCode.MalformedYaml, "this is not YAML",
                "the parser gave up behind this place");
        }
        return null;
    }

    /// <summary>A node's value, for messages: as much of it as anybody would read.</summary>
    public static string Show(YamlNode node) => node switch
    {
        YamlScalarNode { Value: { } value } => value.Length <= MaxShown ? value : $"{value[..MaxShown]}…",
        YamlSequenceNode => "[…]",
        YamlMappingNode => "{…}",
        _ => "",
    };

    private static bool IsBounded(Parser parser, FileErrors errors)
    {
        AliasSizes sizes = new();
        while (parser.MoveNext())
        {
            ParsingEvent at = parser.Current!;
            sizes.Meet(at);
            if (sizes.Depth > MaxDepth)
            {
                errors.Add(at.Start, ErrorCode.MalformedYaml, "this is nested too deeply", $"a topology has no use for more than {MaxDepth} levels");
                return false;
            }
            if (sizes.Largest > TopologyFile.MaxCharacters)
            {
                errors.Add(at.Start, ErrorCode.MalformedYaml, "the aliases up to here come to too much",
                    $"written out, they would be more than {TopologyFile.MaxCharacters:N0} values");
                return false;
            }
        }
        return true;
    }

    private static void Describe(YamlException problem, string text, FileErrors errors)
    {
        string detail = (problem.InnerException?.Message ?? problem.Message).ReplaceLineEndings(" ");
        if (detail.StartsWith("Duplicate key", StringComparison.Ordinal))
        {
            errors.Add(problem.Start, ErrorCode.DuplicateName, $"'{detail["Duplicate key".Length..].Trim()}' is written twice",
                "every key of a mapping stands once");
            return;
        }
        Mark? tab = detail.Contains("tab", StringComparison.Ordinal) ? FirstTab(text) : null;
        errors.Add(tab ?? (problem.End.Line > problem.Start.Line ? problem.End : problem.Start), ErrorCode.MalformedYaml,
            "this is not YAML", Plain(detail));
    }

    /// <summary>The first line that is indented with a tab: the parser points at the mapping around it.</summary>
    private static Mark? FirstTab(string text)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            int indent = line.IndexOfAnyExcept(' ');
            if (indent >= 0 && line[indent] == '\t')
            {
                return new Mark(0, number, indent + 1);
            }
        }
        return null;
    }

    /// <summary>The parser's words, without the position that it may put in front.</summary>
    private static string Plain(string message)
    {
        int end = message.StartsWith('(') ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        string detail = end < 0 ? message : message[(end + 3)..];
        return detail.Length == 0 ? "the parser gave up here" : $"{char.ToLowerInvariant(detail[0])}{detail[1..].TrimEnd('.')}";
    }
}
