using System.CommandLine;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Differences;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft plan [FILE]</c>: what <c>up</c> would change. Exit code 7 when that is something.</summary>
internal static class PlanCommand
{
    private static readonly string[] StoredKinds = ["networks", "vms"];

    public static Command Create()
    {
        Argument<string?> file = TopologyInput.Argument(", else what 'up' would take");
        Option<string> output = OutputOption.Create();
        Command command = new("plan", "Show what 'up' would change; exit code 7 when it is something") { file, output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(file), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(HomeFolder home, string? file, string output)
    {
        TopologyInput? input = TopologyInput.Find(file, "plan");
        Topology? asked = input?.Parse("plan");
        using ApiClient? client = Connection.Find(home);
        UpRequest request = new(input?.Text, input?.File);
        PlanDocument plan = client?.Post(ApiPaths.Plan, request, ApiJson.Default.UpRequest, ApiJson.Default.PlanDocument)
            ?? FromNothing(home, asked);
        if (output == "json")
        {
            Console.WriteLine(JsonSerializer.Serialize(plan, ApiJson.Default.PlanDocument));
        }
        else
        {
            DifferenceReport.Write(Console.Out, plan.Items, plan.Notes, "nothing to change");
        }
        return plan.Items.Length > 0 ? ExitCode.Degraded : ExitCode.Ok;
    }

    /// <summary>The plan where nothing runs, and nothing shall be started for asking.</summary>
    private static PlanDocument FromNothing(HomeFolder home, Topology? asked)
    {
        home.RequireShortPaths(asked);
        if (asked is null && StoredKinds.Select(kind => $"{home.State}/{kind}").Any(f => Directory.Exists(f) && Directory.EnumerateFiles(f).Any()))
        {
            throw new CommandException(new WeftError(ErrorCode.NotRunning, "no Weft runs here, and no file says what would",
                $"'weft up' would start again what {home.State} holds", "weft up"), ExitCode.NotRunning);
        }
        Difference[] all = TopologyDifferences.Between(Topology.Empty, asked ?? Topology.Default);
        return new PlanDocument(all, ["nothing runs: 'weft up' would start it all"]);
    }
}
