using System.CommandLine;
using System.CommandLine.Help;
using Weft.Cli.Commands;
using Weft.Cli.Demo;
using Weft.Cli.Guests;
using Weft.Model.Errors;

namespace Weft.Cli;

/// <summary>All commands: one line for each way in.</summary>
public static class CommandTree
{
    /// <summary>The tree to read, not to run.</summary>
    public static RootCommand Create() => Create((_, _) => throw new InvalidOperationException("nothing is run from here"), null);

    /// <param name="start">What <c>run</c> ends with.</param>
    /// <param name="reasons">Drop reasons that <c>explain</c> knows; they live beside the data path.</param>
    public static RootCommand Create(ProgramStart start, Func<IReadOnlyList<Explanation>>? reasons)
    {
        RootCommand root = new("Weft: a virtual network for virtual machines");
        root.Options.Add(HomeOption.Value);
        root.Subcommands.Add(UpCommand.Create());
        root.Subcommands.Add(DownCommand.Create());
        root.Subcommands.Add(ApplyCommand.Create());
        root.Subcommands.Add(PlanCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(WhyCommand.Create());
        root.Subcommands.Add(ExplainCommand.Create(reasons ?? (() => [])));
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(NetCommand.Create());
        root.Subcommands.Add(VmCommand.Create());
        root.Subcommands.Add(NicCommand.Create());
        root.Subcommands.Add(ForwardCommand.Create());
        root.Subcommands.Add(LeasesCommand.Create());
        root.Subcommands.Add(RunCommand.Create(start));
        root.Subcommands.Add(HistoryCommand.Create());
        root.Subcommands.Add(DiffCommand.Create());
        root.Subcommands.Add(UndoCommand.Create());
        root.Subcommands.Add(ValidateCommand.Create());
        root.Subcommands.Add(ExportCommand.Create());
        root.Subcommands.Add(SchemaCommand.Create());
        root.Subcommands.Add(OpenApiCommand.Create());
        root.Subcommands.Add(CaptureCommand.Create());
        root.Subcommands.Add(EventsCommand.Create());
        root.Subcommands.Add(TopCommand.Create());
        root.Subcommands.Add(LogsCommand.Create());
        root.Subcommands.Add(GraphCommand.Create());
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        root.Subcommands.Add(CompletionCommand.CreateCallBack());
        root.Subcommands.Add(ManualCommand.Create());
        root.Subcommands.Add(VersionCommand.Create());
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }
}
