using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Cli;

/// <summary>What is wrong with a command line, in three lines.</summary>
internal static partial class UsageErrors
{
    public static WeftError Of(ParseResult parsed)
    {
        string line = LineOf(parsed);
        Command command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.FirstOrDefault()?.StartsWith('-') != true)
        {
            return NoCommand(line, parsed.UnmatchedTokens.FirstOrDefault(), [.. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)]);
        }
        string message = parsed.Errors[0].Message.TrimEnd('.').ReplaceLineEndings(" ").Replace("\t", "");
        return new WeftError(ErrorCode.Usage, WrongType().Replace(message, "'$1' is no number for '$2'"), $"'{line}' cannot be run like that", $"{line} --help");
    }

    /// <param name="word">What stands where a command should; null: nothing.</param>
    private static WeftError NoCommand(string line, string? word, string[] known)
    {
        string? near = word is null ? null : Spelling.Nearest(word, known);
        return new WeftError(ErrorCode.Usage, word is null ? $"'{line}' needs a command" : $"'{word}' is no command of '{line}'",
            near is null ? $"the commands are {string.Join(", ", known)}" : $"did you mean '{near}'?", near is null ? $"{line} --help" : $"{line} {near} --help");
    }

    private static string LineOf(ParseResult parsed)
    {
        List<string> words = [];
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
        {
            words.Insert(0, at.Parent is null ? "weft" : command.Command.Name);
        }
        return string.Join(' ', words);
    }

    /// <summary>All values that are not text are numbers.</summary>
    [GeneratedRegex("^Cannot parse argument '(.*)' for (?:command|option) '(.*)' as expected type '.*'$")]
    private static partial Regex WrongType();
}
