using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Files;

namespace Weft.Cli.Commands;

/// <summary><c>weft export [-o yaml|json]</c>: what is wanted now, as a file that <c>up</c> takes.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        Option<string> output = new("-o", "--output")
        {
            Description = "Form of the output",
            HelpName = "yaml|json",
            DefaultValueFactory = _ => "yaml",
        };
        output.AcceptOnlyFromAmong("yaml", "json");
        Command command = new("export", "Print what is wanted now as a topology file, with the comments of the one that was applied") { output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(HomeFolder home, string output)
    {
        using ApiClient client = Connection.Require(home);
        ExportDocument export = client.Get(ApiPaths.Export, ApiJson.Default.ExportDocument);
        Console.Out.Write(output == "yaml" ? export.Text : TopologyWriter.Whole(TopologyFile.Read(export.Text, "export").Require()) + "\n");
        return ExitCode.Ok;
    }
}
