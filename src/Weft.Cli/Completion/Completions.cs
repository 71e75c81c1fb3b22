using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Weft.Cli.Commands;
using Weft.Model;

namespace Weft.Cli.Completion;

/// <summary>What may stand at the end of a command line, by the same tree that runs it: an option's value behind an option that
/// waits for one, options behind '-', else subcommands and the next argument.</summary>
internal static class Completions
{
    /// <param name="words">Without <c>weft</c>; the last one is being typed and may be empty.</param>
    public static IEnumerable<string> Of(string[] words)
    {
        string begun = words.Length == 0 ? "" : words[^1];
        string[] before = words.Length == 0 ? [] : words[..^1];
        ParseResult parsed = CommandTree.CreateFor(before).Parse(before);
        IEnumerable<string> found = Waiting(parsed) is { } option ? Values(option, parsed)
            : begun.StartsWith('-') ? Options(parsed) : Next(parsed);
        return found.Where(word => word.StartsWith(begun, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal);
    }

    /// <summary>The option that the line ends with and whose value is still to come.</summary>
    private static Option? Waiting(ParseResult parsed) =>
        parsed.Tokens.Count > 0 && parsed.Tokens[^1] is { Type: TokenType.Option, Value: var name }
        ? OptionsOf(parsed).FirstOrDefault(o => (o.Name == name || o.Aliases.Contains(name)) && o.Arity.MinimumNumberOfValues > 0)
        : null;

    private static IEnumerable<string> Options(ParseResult parsed) => OptionsOf(parsed).Where(o => !o.Hidden)
        .SelectMany(o => o.Aliases.Append(o.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal));

    private static IEnumerable<string> Next(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        Argument? argument = command.Arguments.FirstOrDefault(a => (parsed.GetResult(a)?.Tokens.Count ?? 0) < a.Arity.MaximumNumberOfValues);
        return command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).Concat(argument is null ? [] : Values(argument, parsed));
    }

    private static IEnumerable<string> Values(Symbol symbol, ParseResult parsed) =>
        LiveNames.TryRead(HomeFolder.Find(parsed.GetValue(HomeOption.Value)), symbol, out string[] names)
            ? names
            : symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label);

    private static IEnumerable<Option> OptionsOf(ParseResult parsed)
    {
        IEnumerable<Option> options = parsed.CommandResult.Command.Options;
        for (SymbolResult? at = parsed.CommandResult.Parent; at is CommandResult above; at = above.Parent)
        {
            options = options.Concat(above.Command.Options.Where(o => o.Recursive));
        }
        return options;
    }
}
