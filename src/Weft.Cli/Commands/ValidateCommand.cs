using System.CommandLine;
using System.Text.Json;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Cli.Commands;

/// <summary><c>weft validate [FILE]</c>: reads and checks a file, and names every mistake. Nothing runs for it.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        Argument<string?> file = TopologyInput.Argument();
        Option<string> output = OutputOption.Create();
        Command command = new("validate", "Check a topology file and name every mistake") { file, output };
        command.SetAction(parsed => Run(parsed.GetValue(file), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(string? file, string output)
    {
        TopologyInput input = TopologyInput.Require(file, "validate");
        ReadResult result = TopologyFile.Read(input.Text, input.File);
        WeftError[] errors = [.. result.Errors.Select(e => e with { Try = WeftError.EditAnd(input.File, e.Line, "validate") })];
        if (output == "json")
        {
            ValidationDocument found = new(input.File, errors.Length == 0, errors);
            Console.WriteLine(JsonSerializer.Serialize(found, ApiJson.Default.ValidationDocument));
        }
        else if (result.Topology is { } topology)
        {
            (int networks, int vms, int forwards) = (topology.Networks.Count, topology.Vms.Count, topology.Forwards.Count);
            Console.WriteLine($"ok: {Count(networks, "network")}, {Count(vms, "VM")}, {Count(forwards, "forward")}");
        }
        else
        {
            WriteMistakes(errors);
        }
        return errors.Length == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>One is told as every command tells it; of several, the way out stands once, at the end.</summary>
    private static void WriteMistakes(WeftError[] errors)
    {
        foreach (WeftError error in errors)
        {
            Console.Error.WriteLine($"error {error.Code}: {error.Message.ReplaceLineEndings(" ")}");
            Console.Error.WriteLine($"why: {error.Cause.ReplaceLineEndings(" ")}");
        }
        Console.Error.WriteLine($"try: {errors[0].Try}");
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
