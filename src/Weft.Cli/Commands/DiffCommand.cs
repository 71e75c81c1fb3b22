using System.CommandLine;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft diff N</c>: what change N of the history changed.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        Argument<long> number = new("N") { Description = "Number of a change, as 'weft history' shows it" };
        Option<string> output = OutputOption.Create();
        Command command = new("diff", "Show what a change of the history changed") { number, output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(number), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(HomeFolder home, long number, string output)
    {
        using ApiClient client = Connection.Require(home);
        string text = client.GetText(ApiPaths.ChangeOf(number));
        if (output == "json")
        {
            Console.WriteLine(text);
            return ExitCode.Ok;
        }
        PlanDocument plan = JsonSerializer.Deserialize(text, ApiJson.Default.PlanDocument)!;
        DifferenceReport.Write(Console.Out, plan.Items, plan.Notes, "only the file's text");
        return ExitCode.Ok;
    }
}
