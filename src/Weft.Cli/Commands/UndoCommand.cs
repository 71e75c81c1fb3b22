using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft undo</c>: back to how things were before the last change. To undo that again is to redo.</summary>
internal static class UndoCommand
{
    public static Command Create()
    {
        Command command = new("undo", "Go back to before the last change; once more: forth again");
        command.SetAction(parsed => Run(HomeOption.Of(parsed)));
        return command;
    }

    private static int Run(HomeFolder home)
    {
        using ApiClient client = Connection.Require(home);
        ChangeReply reply = client.Post(ApiPaths.Undo, ApiJson.Default.ChangeReply);
        DifferenceReport.Write(Console.Out, reply.Changes, reply.Notes, "only the file's text");
        return ExitCode.Ok;
    }
}
