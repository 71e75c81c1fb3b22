using System.CommandLine;
using System.Text;
using Weft.Cli;
using Weft.Tests.Model;

namespace Weft.Tests.Cli;

/// <summary>Nothing that can be typed is missing from the transcripts.</summary>
[Collection(nameof(CommandLineTests))]
public sealed class TranscriptWalkTests
{
    /// <summary>Typed by the scenes of its own: it needs guests. And what only a shell's script calls.</summary>
    private static readonly string[] Elsewhere = ["demo", "complete"];

    /// <summary>Options and arguments of which every word is another form of what is printed.</summary>
    private static readonly string[] FormsOf = ["--output", "--format", "--for", "SHELL"];

    private static readonly string[] Folders = [Transcript.Folder, "lab/Weft.Lab/Transcripts"];

    [Fact]
    public void Every_command_is_typed_in_a_transcript_in_every_form()
    {
        HashSet<string> typed = [.. Typed().SelectMany(Uses)];
        string[] missing = [.. Leaves(CommandTree.Create(), "weft").Where(leaf => !Elsewhere.Contains(leaf.Command.Name)).SelectMany(Forms).Where(form => !typed.Contains(form))];

        Assert.True(missing.Length == 0, $"no transcript types {string.Join(", ", missing)}");
    }

    /// <summary>What each command says of itself.</summary>
    [Fact]
    public void Every_command_helps()
    {
        string path = Repository.PathOf($"{Transcript.Folder}/help.txt");
        StringBuilder helped = new();
        foreach ((Command command, string line) in All(CommandTree.Create(), "weft").Where(c => !c.Command.Hidden))
        {
            (int code, string output, string error) = CommandLine.Run([.. line.Split(' ').Skip(1), "--help"]);
            Assert.Equal((0, ""), (code, error));
            helped.Append($"$ {line} --help\n{output.ReplaceLineEndings("\n").Replace($"  {RootCommand.ExecutableName}", "  weft")}");
        }
        Transcript.Compare(path, File.Exists(path) ? File.ReadAllText(path) : "", _ => helped.ToString());
    }

    private static IEnumerable<string> Typed() => Folders.SelectMany(folder => Directory.GetFiles(Repository.PathOf(folder), "*.txt"))
        .Where(path => Path.GetFileName(path) != "help.txt").SelectMany(path => TranscriptText.Steps(File.ReadAllText(path)))
        .Where(step => step.StartsWith(TranscriptText.Command, StringComparison.Ordinal));

    /// <summary>"weft net ls", and "weft net ls --output json" for each of its forms that was named.</summary>
    private static IEnumerable<string> Uses(string step)
    {
        ParseResult parsed = CommandTree.Create().Parse(TranscriptText.Words(step));
        if (parsed.Errors.Count > 0)
        {
            yield break;
        }
        string line = LineOf(parsed.CommandResult.Command);
        yield return line;
        foreach (Symbol symbol in FormSymbols(parsed.CommandResult.Command))
        {
            string? word = symbol is Option option ? parsed.GetResult(option)?.Tokens.LastOrDefault()?.Value : parsed.GetResult((Argument)symbol)?.Tokens.LastOrDefault()?.Value;
            yield return $"{line} {symbol.Name} {word}";
        }
    }

    private static IEnumerable<string> Forms((Command Command, string Line) leaf) => FormSymbols(leaf.Command)
        .SelectMany(symbol => symbol.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(word => $"{leaf.Line} {symbol.Name} {word.Label}"))
        .Prepend(leaf.Line);

    private static IEnumerable<Symbol> FormSymbols(Command command) =>
        command.Options.Cast<Symbol>().Concat(command.Arguments).Where(symbol => FormsOf.Contains(symbol.Name) && command.Name != "run");

    private static string LineOf(Command command) => command is RootCommand ? "weft" : $"{LineOf((Command)command.Parents.First())} {command.Name}";

    private static IEnumerable<(Command Command, string Line)> Leaves(Command command, string line) => All(command, line).Where(c => c.Command.Subcommands.Count == 0);

    private static IEnumerable<(Command Command, string Line)> All(Command command, string line) =>
        command.Subcommands.SelectMany(sub => All(sub, $"{line} {sub.Name}")).Prepend((command, line));
}
