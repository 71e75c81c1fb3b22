using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Drawing;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft graph --format mermaid|dot|svg</c>: the topology as it runs, as a drawing.</summary>
internal static class GraphCommand
{
    public static Command Create()
    {
        Option<string> format = new("--format") { Description = "Form of the drawing", HelpName = "mermaid|dot|svg", DefaultValueFactory = _ => "mermaid" };
        format.AcceptOnlyFromAmong("mermaid", "dot", "svg");
        Command command = new("graph", "Draw networks, guests, gateways and forwards") { format };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(format)!));
        return command;
    }

    private static int Run(HomeFolder home, string format)
    {
        using ApiClient client = Connection.Require(home);
        Graph graph = Graph.Of(client.Get(ApiPaths.Status, ApiJson.Default.StatusDocument));
        Console.Write(format switch
        {
            "dot" => DotDrawing.Render(graph),
            "svg" => SvgDrawing.Render(graph),
            _ => MermaidDrawing.Render(graph),
        });
        return ExitCode.Ok;
    }
}
