using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft undo [N]</c>: back to how things were before a change. To undo that again is to redo.</summary>
internal static class UndoCommand
{
    public static Command Create()
    {
        Argument<long?> number = new("N") { Description = "Number of a change, as 'weft history' shows it: it and all after it are undone", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("undo", "Go back to before the last change, or before change N; once more: forth again") { number };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(number)));
        return command;
    }

    private static int Run(HomeFolder home, long? number)
    {
        using ApiClient client = Connection.Require(home);
        ChangeReply reply = client.Post(ApiPaths.UndoOf(number), ApiJson.Default.ChangeReply);
        DifferenceReport.Write(Console.Out, reply.Changes, reply.Notes, "only the file's text");
        return ExitCode.Ok;
    }
}
