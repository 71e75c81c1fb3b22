using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft apply [FILE]</c>: as <c>up</c>, for a Weft that runs. What the file does not change is not touched.</summary>
internal static class ApplyCommand
{
    public static Command Create()
    {
        Argument<string?> file = TopologyInput.Argument();
        Command command = new("apply", "Change a running Weft to what a file says") { file };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(file)));
        return command;
    }

    private static int Run(HomeFolder home, string? file)
    {
        TopologyInput input = TopologyInput.Require(file, "apply");
        input.Parse("apply");
        using ApiClient client = Connection.Find(home) ?? throw new CommandException(new WeftError(ErrorCode.NotRunning, "no Weft runs here",
            "'apply' changes what runs; 'up' starts it, too", $"weft up {ShellWord.Of(input.File)}"), ExitCode.NotRunning);
        ChangeReply reply = client.Post(ApiPaths.Apply, new UpRequest(input.Text, input.File), ApiJson.Default.UpRequest,
            ApiJson.Default.ChangeReply);
        DifferenceReport.Write(Console.Out, reply.Changes, reply.Notes, "nothing to change");
        return ExitCode.Ok;
    }
}
