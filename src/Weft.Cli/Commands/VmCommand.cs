using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Attaching;

namespace Weft.Cli.Commands;

/// <summary>
/// <c>weft vm args NAME --for qemu|uml|…</c>: the lines that attach a guest of one's own. Remarks go to standard error, so
/// that <c>$(weft vm args …)</c> is what a hypervisor takes.
/// </summary>
internal static class VmCommand
{
    public static Command Create()
    {
        Command command = new("vm", "Virtual machines") { CreateArgs() };
        VmObjectCommands.AddTo(command);
        return command;
    }

    private static Command CreateArgs()
    {
        Argument<string> vm = NameArgument.Vm();
        Option<string> purpose = new("--for") { Description = "What will run the guest", HelpName = string.Join('|', AttachLines.Purposes),
            Required = true };
        purpose.AcceptOnlyFromAmong(AttachLines.Purposes);
        Command command = new("args", "Print what attaches a guest to its NICs") { vm, purpose };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(vm)!, parsed.GetValue(purpose)!));
        return command;
    }

    private static int Run(HomeFolder home, string vm, string purpose)
    {
        using ApiClient client = Connection.Require(home);
        string[] lines = client.Get(ApiPaths.ArgsOf(vm, purpose), ApiJson.Default.ArgsDocument).Lines;
        foreach (string remark in lines.Where(AttachLines.IsRemark))
        {
            Console.Error.WriteLine(remark);
        }
        string[] rest = [.. lines.Where(l => !AttachLines.IsRemark(l))];
        // Options that are read on a terminal are copied from there, behind a command: as one line of the shell.
        bool copied = !Console.IsOutputRedirected && rest[0].StartsWith('-');
        Console.WriteLine(string.Join(copied ? " \\\n" : "\n", rest));
        return ExitCode.Ok;
    }
}
