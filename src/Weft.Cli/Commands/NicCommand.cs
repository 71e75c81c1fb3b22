using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft nic plug|unplug VM:N</c>: the cable of a NIC, while the guest runs.</summary>
internal static class NicCommand
{
    public static Command Create() => new("nic", "The cables of guests") { Create("plug", "Put the cable in", true),
        Create("unplug", "Pull the cable", false) };

    private static Command Create(string verb, string description, bool plugged)
    {
        Argument<string> nic = new("VM:N") { Description = "NIC number N of a VM, like alpha:1" };
        Command command = new(verb, description) { nic };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(nic)!, plugged));
        return command;
    }

    private static int Run(HomeFolder home, string nic, bool plugged)
    {
        string verb = plugged ? "plug" : "unplug";
        if (!Names.TryParseNic(nic, out string vm, out int number))
        {
            throw new CommandException(new WeftError(ErrorCode.Usage, $"'{nic}' names no NIC",
                $"a NIC is named by VM:N, N from 1 to {Vm.MaxNics}",
                $"weft nic {verb} alpha:1"), ExitCode.Usage);
        }
        using ApiClient client = Connection.Require(home);
        ChangeReport.Write(Console.Out, client.Post(ApiPaths.PlugOf(vm, number, plugged), ApiJson.Default.ChangeReply),
            $"NIC {nic} is {verb}ged already");
        return ExitCode.Ok;
    }
}
