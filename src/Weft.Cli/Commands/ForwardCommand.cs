using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Completion;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft forward add|rm|ls</c>: ports of the host that lead to guests, while they run. <c>add GUEST:PORT</c> has a host
/// port picked.</summary>
internal static class ForwardCommand
{
    private static readonly Column<ForwardDocument>[] Columns =
    [
        new("FORWARD", f => f.Forward),
        new("LISTEN", f => f.Key),
        new("GUEST", f => $"{f.Guest}:{f.GuestPort}"),
        new("USE", ForwardUse.Of, Wide: true),
    ];

    public static Command Create() => new("forward", "Ports of the host that lead to guests") { CreateAdd(), CreateRemove(), CreateList() };

    private static Command CreateAdd()
    {
        Argument<string> forward = new Argument<string>("FORWARD")
        {
            Description = "[ADDR:]HOST-PORT:GUEST:GUEST-PORT[/tcp|udp], like 8080:alpha:80; GUEST:GUEST-PORT has a free host port picked",
        }.Complete(names => [.. names.Vms.Select(vm => $"{vm}:")]);
        Command command = new("add", "Open a port of the host to a guest") { forward };
        command.SetAction(parsed => Add(HomeOption.Of(parsed), parsed.GetValue(forward)!));
        return command;
    }

    private static Command CreateRemove()
    {
        Argument<string> forward = new Argument<string>("FORWARD") { Description = "[ADDR:]HOST-PORT[/tcp|udp], or the whole forward" }
            .Complete(names => names.Forwards);
        Command command = new("rm", "Close a port of the host") { forward };
        command.Aliases.Add("remove");
        command.SetAction(parsed => Remove(HomeOption.Of(parsed), parsed.GetValue(forward)!));
        return command;
    }

    private static Command CreateList()
    {
        Option<string> output = FormOption.Create();
        Command command = new("ls", "List the open ports") { output };
        command.Aliases.Add("list");
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            string json = client.GetText(ApiPaths.Forwards);
            return Shown.List(FormOption.Of(parsed, output), json, ObjectJson.Default.Forwards, f => f.Key, Columns);
        });
        return command;
    }

    private static int Add(HomeFolder home, string text)
    {
        bool whole = Forward.TryParse(text, out Forward forward, out string cause);
        if (!whole && !Forward.TryParseGuestSide(text, out _))
        {
            throw new CommandException(new WeftError(ErrorCode.BadForward, $"'{text}' is not a forward", cause,
                "weft forward add 8080:alpha:80/tcp"), ExitCode.Usage);
        }
        using ApiClient client = Connection.Require(home);
        ChangeReply reply = client.Post(ApiPaths.Forwards, new ForwardRequest(whole ? forward.ToString() : text), ApiJson.Default.ForwardRequest,
            ApiJson.Default.ChangeReply);
        ChangeReport.Write(Console.Out, reply, "nothing to change");
        if (ForwardUse.Of(reply.Forward ?? ForwardDocument.Of(forward)) is { } use)
        {
            Console.WriteLine(use);
        }
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
}
