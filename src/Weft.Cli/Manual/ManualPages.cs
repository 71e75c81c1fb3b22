using System.CommandLine;
using Weft.Cli.Output;

namespace Weft.Cli.Manual;

/// <summary>
/// The manual, section 1, out of the command tree: weft(1) for the whole, and weft-NAME(1) for each command with what is
/// below it. What the tree does not say (exit codes, files, variables) stands in weft(1).
/// </summary>
internal static class ManualPages
{
    private static readonly (int Code, string Meaning)[] ExitCodes =
    [
        (ExitCode.Ok, "done, or there was nothing to do"), (ExitCode.Failed, "failed"), (ExitCode.Usage, "the command line is wrong"),
        (ExitCode.NotFound, "what it names does not exist"), (ExitCode.Conflict, "what exists is in the way"),
        (ExitCode.Permission, "not permitted"), (ExitCode.NotRunning, "nothing runs"),
        (ExitCode.Degraded, "it runs and something does not work"),
    ];

    /// <summary>File names and texts.</summary>
    public static IEnumerable<(string Name, string Text)> All(RootCommand root, string version)
    {
        yield return ("weft.1", Root(root, version));
        foreach (Command command in Shown(root))
        {
            yield return ($"weft-{command.Name}.1", Page(root, command, version));
        }
    }

    private static string Root(RootCommand root, string version)
    {
        Roff page = Head("weft", root.Description!, version).Macro("B", "weft").Text("COMMAND [ARGUMENTS] [OPTIONS]").Macro("SH", "COMMANDS");
        foreach (Command command in Shown(root))
        {
            page.Tagged($"weft {command.Name}", $"{Sentence(command.Description)} See weft-{command.Name}(1).");
        }
        Options(page.Macro("SH", "OPTIONS"), root.Options);
        page.Macro("SH", "EXIT STATUS");
        foreach ((int code, string meaning) in ExitCodes)
        {
            page.Tagged($"{code}", Sentence(meaning));
        }
        page.Macro("SH", "ENVIRONMENT").Tagged("WEFT_HOME", "Folder of the Weft to talk to. Two folders are two Wefts.")
            .Tagged("NO_COLOR", "When set, nothing is coloured.");
        page.Macro("SH", "FILES")
            .Tagged("*.weft.yml", "A topology: networks, VMs with their NICs, forwards. weft up takes the one of the folder it runs in.")
            .Tagged("~/.local/state/weft", "The home, when nothing else names one: run/ for sockets and logs, state/ for what outlives them.");
        return page.Macro("SH", "SEE ALSO").Text(string.Join(", ", Shown(root).Select(c => $"weft-{c.Name}(1)"))).ToString();
    }

    private static string Page(RootCommand root, Command command, string version)
    {
        Command[] leaves = [.. Leaves(command)];
        Roff page = Head($"weft-{command.Name}", command.Description!, version);
        foreach (Command leaf in leaves)
        {
            page.Macro("B", Path(leaf)).Text(Synopsis(leaf)).Macro("br");
        }
        page.Macro("SH", "DESCRIPTION");
        foreach (Command leaf in leaves)
        {
            page.Macro("SS", Path(leaf)).Text(Sentence(leaf.Description));
            foreach (Argument argument in leaf.Arguments)
            {
                page.Tagged(argument.Name, Sentence(argument.Description));
            }
            Options(page, leaf.Options);
        }
        Options(page.Macro("SH", "OPTIONS OF EVERY COMMAND"), root.Options.Where(o => o.Recursive));
        return page.Macro("SH", "SEE ALSO").Text("weft(1)").ToString();
    }

    private static Roff Head(string name, string description, string version) => new Roff()
        .Macro("TH", name.ToUpperInvariant(), "1", "", $"weft {version}").Macro("SH", "NAME")
        .Text($"{name} - {description}").Macro("SH", "SYNOPSIS");

    private static void Options(Roff page, IEnumerable<Option> options)
    {
        foreach (Option option in options.Where(o => !o.Hidden))
        {
            string value = option.Arity.MinimumNumberOfValues > 0 ? $" {option.HelpName ?? "VALUE"}" : "";
            IEnumerable<string> names = option.Aliases.Prepend(option.Name).Where(a => a.StartsWith('-')).Distinct().OrderBy(a => a.Length);
            page.Tagged(string.Join(", ", names) + value, Sentence(option.Description));
        }
    }

    private static string Synopsis(Command leaf)
    {
        IEnumerable<string> arguments = leaf.Arguments.Select(a => (a.Arity.MinimumNumberOfValues, a.Arity.MaximumNumberOfValues) switch
        {
            (0, _) => $"[{a.Name}]",
            (_, > 1) => $"{a.Name}...",
            _ => a.Name,
        });
        string options = leaf.Options.Any(o => !o.Hidden) ? "[OPTIONS]" : "";
        return string.Join(' ', arguments.Append(options).Where(w => w.Length > 0).DefaultIfEmpty("\u00a0"));
    }

    private static IEnumerable<Command> Leaves(Command command) => Shown(command).Any() ? Shown(command).SelectMany(Leaves) : [command];

    private static IEnumerable<Command> Shown(Command command) => command.Subcommands.Where(c => !c.Hidden);

    private static string Path(Command command)
    {
        List<string> words = [];
        for (Symbol? at = command; at is not (null or RootCommand); at = at.Parents.FirstOrDefault())
        {
            words.Insert(0, at.Name);
        }
        return $"weft {string.Join(' ', words)}";
    }

    private static string Sentence(string? text) =>
        string.IsNullOrEmpty(text) ? "" : text.EndsWith('.') ? text : $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
}
