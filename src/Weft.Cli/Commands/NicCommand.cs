using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft nic plug|unplug VM:N</c>: the cable of a NIC, while the guest runs.</summary>
internal static class NicCommand
{
    public static Command Create()
    {
        Command command = new("nic", "Network cards of VMs and their cables") { Create("plug", "Put the cable in", true),
            Create("unplug", "Pull the cable", false) };
        NicObjectCommands.AddTo(command);
        return command;
    }

    private static Command Create(string verb, string description, bool plugged)
    {
        Argument<string> nic = NameArgument.Nic();
        Command command = new(verb, description) { nic };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(nic)!, plugged));
        return command;
    }

    private static int Run(HomeFolder home, string nic, bool plugged)
    {
        string verb = plugged ? "plug" : "unplug";
        (string vm, int number) = NameArgument.Split(nic, verb);
        using ApiClient client = Connection.Require(home);
        ChangeReport.Write(Console.Out, client.Post(ApiPaths.PlugOf(vm, number, plugged), ApiJson.Default.ChangeReply),
            $"NIC {nic} is {verb}ged already");
        return ExitCode.Ok;
    }
}
