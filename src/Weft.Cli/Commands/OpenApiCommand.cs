using System.CommandLine;
using Weft.Cli.Output;
using Weft.Model.Api.Description;

namespace Weft.Cli.Commands;

/// <summary><c>weft openapi</c>: the API's description, for programs that talk to weftd.</summary>
internal static class OpenApiCommand
{
    public static Command Create()
    {
        Command command = new("openapi", "Print the OpenAPI description of weftd's API");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine(OpenApi.Text);
            return ExitCode.Ok;
        });
        return command;
    }
}
