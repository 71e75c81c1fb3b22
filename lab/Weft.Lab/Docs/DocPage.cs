using System.Text.RegularExpressions;

namespace Weft.Lab.Docs;

/// <summary>
/// Theory. What a page asks its reader to write and to type, in its order:
///   ```yaml   beginning with "# NAME.weft.yml" is that file; another one is part of a file and only shown
///   ```sh     a command a line
///   ```console  "$ command", and under it what it answers; "…" stands for anything, and lines may be left out
/// A command ends with 0 unless it says "# … exits N" or "exits N or M". Blocks of other kinds are pictures. A comment "not run: WHY" in front of a
/// block leaves it out.
/// </summary>
internal sealed partial record DocPage(string Name, IReadOnlyList<DocStep> Steps)
{
    public static DocPage Read(string folder, string name)
    {
        string text = File.ReadAllText(Path.Combine(folder, name));
        return new DocPage(name, [.. Block().Matches(text).Where(block => !block.Groups["not"].Success).SelectMany(block => StepsOf(block.Groups["kind"].Value, block.Groups["body"].Value))]);
    }

    private static IEnumerable<DocStep> StepsOf(string kind, string body) => kind switch
    {
        "yaml" when FileName().Match(body) is { Success: true } name => [new DocStep.WriteFile(name.Groups[1].Value, body)],
        "sh" => Lines(body).Where(line => line.Length > 0 && line[0] != '#').Select(line => Command(line, [])),
        "console" => Transcript(Lines(body)),
        _ => [],
    };

    private static IEnumerable<DocStep> Transcript(string[] lines)
    {
        for (int at = 0; at < lines.Length;)
        {
            string command = lines[at].StartsWith("$ ", StringComparison.Ordinal) ? lines[at][2..]
                : throw new FormatException($"a console block goes on with '{lines[at]}' where a command should stand");
            string[] answers = [.. lines.Skip(at + 1).TakeWhile(line => !line.StartsWith("$ ", StringComparison.Ordinal))];
            at += 1 + answers.Length;
            yield return Command(command, [.. answers.Where(answer => answer.Trim() is not ("" or "…"))]);
        }
    }

    private static DocStep.Run Command(string line, string[] answers) =>
        new(line, Exits().Match(line) is { Success: true } exits ? [.. exits.Groups.Values.Skip(1).Where(g => g.Success).Select(g => int.Parse(g.ValueSpan))] : [0], answers);

    private static string[] Lines(string body) => body.TrimEnd('\n').Split('\n');

    [GeneratedRegex(@"(?<not>^<!-- not run: [^\n]+ -->\n)?^```(?<kind>[a-z]*)[^\n]*\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\A# ([\w.-]+\.weft\.yml)\b")]
    private static partial Regex FileName();

    [GeneratedRegex(@"#.*\bexits (\d+)(?: or (\d+))?")]
    private static partial Regex Exits();
}
