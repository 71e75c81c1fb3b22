using System.CommandLine;
using System.CommandLine.Help;
using Weft.Cli.Commands;
using Weft.Cli.Demo;
using Weft.Cli.Guests;
using Weft.Model.Errors;

namespace Weft.Cli;

/// <summary>
/// All commands: one line for each way in. To make a command costs more than to run it, since its code is compiled for that once:
/// a line that begins with a command's name gets a tree of that command alone.
/// </summary>
public static class CommandTree
{
    /// <summary>The tree to read, not to run.</summary>
    public static RootCommand Create() => Create(NothingIsRun, null);

    /// <param name="start">What <c>run</c> ends with.</param>
    /// <param name="reasons">Drop reasons that <c>explain</c> knows; they live beside the data path.</param>
    public static RootCommand Create(ProgramStart start, Func<IReadOnlyList<Explanation>>? reasons) => CreateFor([], start, reasons);

    /// <summary>The tree to read that <paramref name="words"/> need.</summary>
    internal static RootCommand CreateFor(ReadOnlySpan<string> words) => CreateFor(words, NothingIsRun, null);

    /// <summary>The tree that <paramref name="words"/> need: the command that they begin with, behind <c>--home HOME</c> too; else all.</summary>
    internal static RootCommand CreateFor(ReadOnlySpan<string> words, ProgramStart start, Func<IReadOnlyList<Explanation>>? reasons)
    {
        RootCommand root = new("Weft: a virtual network for virtual machines");
        root.Options.Add(HomeOption.Value);
        (string Name, Func<Command> Create)[] all = All(start, reasons ?? (() => []));
        string? first = words is [HomeOption.Name, _, var behind, ..] ? behind : words is [var word, ..] ? word : null;
        int named = Array.FindIndex(all, c => c.Name == first);
        foreach ((_, Func<Command> create) in named < 0 ? all : all.AsSpan(named, 1))
        {
            root.Subcommands.Add(create());
        }
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }

    private static (string Name, Func<Command> Create)[] All(ProgramStart start, Func<IReadOnlyList<Explanation>> reasons) =>
    [
        ("up", UpCommand.Create),
        ("down", DownCommand.Create),
        ("apply", ApplyCommand.Create),
        ("plan", PlanCommand.Create),
        ("status", StatusCommand.Create),
        ("why", WhyCommand.Create),
        ("explain", () => ExplainCommand.Create(reasons)),
        ("doctor", DoctorCommand.Create),
        ("net", NetCommand.Create),
        ("vm", VmCommand.Create),
        ("nic", NicCommand.Create),
        ("forward", ForwardCommand.Create),
        ("dns", DnsCommand.Create),
        ("leases", LeasesCommand.Create),
        ("resolve", ResolveCommand.Create),
        ("run", () => RunCommand.Create(start)),
        ("history", HistoryCommand.Create),
        ("diff", DiffCommand.Create),
        ("undo", UndoCommand.Create),
        ("validate", ValidateCommand.Create),
        ("export", ExportCommand.Create),
        ("schema", SchemaCommand.Create),
        ("openapi", OpenApiCommand.Create),
        ("capture", CaptureCommand.Create),
        ("events", EventsCommand.Create),
        ("top", TopCommand.Create),
        ("logs", LogsCommand.Create),
        ("graph", GraphCommand.Create),
        ("demo", DemoCommand.Create),
        ("completion", CompletionCommand.Create),
        ("complete", CompletionCommand.CreateCallBack),
        ("man", ManualCommand.Create),
        ("version", VersionCommand.Create),
    ];

    private static int NothingIsRun(string program, IReadOnlyList<string> words) => throw new InvalidOperationException("nothing is run from here");
}
