using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft forward add|rm|ls</c>: ports of the host that lead to guests, while they run.</summary>
internal static class ForwardCommand
{
    public static Command Create() => new("forward", "Ports of the host that lead to guests") { CreateAdd(), CreateRemove(), CreateList() };

    private static Command CreateAdd()
    {
        Argument<string> forward = new("FORWARD") { Description = "[ADDR:]HOST-PORT:GUEST:GUEST-PORT[/tcp|udp], like 8080:alpha:80" };
        Command command = new("add", "Open a port of the host to a guest") { forward };
        command.SetAction(parsed => Add(HomeOption.Of(parsed), parsed.GetValue(forward)!));
        return command;
    }

    private static Command CreateRemove()
    {
        Argument<string> forward = new("FORWARD") { Description = "[ADDR:]HOST-PORT[/tcp|udp], or the whole forward" };
        Command command = new("rm", "Close a port of the host") { forward };
        command.Aliases.Add("remove");
        command.SetAction(parsed => Remove(HomeOption.Of(parsed), parsed.GetValue(forward)!));
        return command;
    }

    private static Command CreateList()
    {
        Option<string> output = OutputOption.Create();
        Command command = new("ls", "List the open ports") { output };
        command.Aliases.Add("list");
        command.SetAction(parsed => List(HomeOption.Of(parsed), parsed.GetValue(output)!));
        return command;
    }

    private static int Add(HomeFolder home, string text)
    {
        if (!Forward.TryParse(text, out Forward forward, out string cause))
        {
            throw new CommandException(new WeftError(ErrorCode.BadForward, $"'{text}' is not a forward", cause,
                "weft forward add 8080:alpha:80/tcp"), ExitCode.Usage);
        }
        using ApiClient client = Connection.Require(home);
        ChangeReply reply = client.Post(ApiPaths.Forwards, new ForwardRequest(forward.ToString()), ApiJson.Default.ForwardRequest,
            ApiJson.Default.ChangeReply);
        ChangeReport.Write(Console.Out, reply, "nothing to change");
        return ExitCode.Ok;
    }

    private static int Remove(HomeFolder home, string text)
    {
        if (!Forward.TryParseKey(text, out string key))
        {
            throw new CommandException(new WeftError(ErrorCode.BadForward, $"'{text}' names no forward",
                "a forward is named by [ADDR:]HOST-PORT[/tcp|udp]",
                "weft forward ls"), ExitCode.Usage);
        }
        using ApiClient client = Connection.Require(home);
        ChangeReport.Write(Console.Out, client.Delete(ApiPaths.ForwardOf(key), ApiJson.Default.ChangeReply), "nothing to change");
        return ExitCode.Ok;
    }

    private static int List(HomeFolder home, string output)
    {
        using ApiClient client = Connection.Require(home);
        if (output == "json")
        {
            Console.WriteLine(client.GetText(ApiPaths.Forwards));
            return ExitCode.Ok;
        }
        foreach (ForwardDocument forward in client.Get(ApiPaths.Forwards, ApiJson.Default.ForwardList).Items)
        {
            Console.WriteLine(forward.Forward);
        }
        return ExitCode.Ok;
    }
}
