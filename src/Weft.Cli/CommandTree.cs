using System.CommandLine;
using System.CommandLine.Help;
using Weft.Cli.Commands;
using Weft.Cli.Demo;

namespace Weft.Cli;

/// <summary>All commands: one line for each way in.</summary>
public static class CommandTree
{
    public static RootCommand Create()
    {
        RootCommand root = new("Weft: a virtual network for virtual machines");
        root.Options.Add(HomeOption.Value);
        root.Subcommands.Add(UpCommand.Create());
        root.Subcommands.Add(DownCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(NetCommand.Create());
        root.Subcommands.Add(VmCommand.Create());
        root.Subcommands.Add(NicCommand.Create());
        root.Subcommands.Add(ForwardCommand.Create());
        root.Subcommands.Add(LeasesCommand.Create());
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        root.Subcommands.Add(CompletionCommand.CreateCallBack());
        root.Subcommands.Add(ManualCommand.Create());
        root.Subcommands.Add(VersionCommand.Create());
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }
}
