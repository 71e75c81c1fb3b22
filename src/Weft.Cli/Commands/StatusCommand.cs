using System.CommandLine;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft status [-o json]</c>: the picture of what runs.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Option<string> output = OutputOption.Create();
        Command command = new("status", "Show networks, guests, rates and problems") { output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(HomeFolder home, string output)
    {
        using ApiClient client = Connection.Require(home);
        string text = client.GetText(ApiPaths.Status);
        StatusDocument status = JsonSerializer.Deserialize(text, ApiJson.Default.StatusDocument)!;
        Console.Write(output == "json" ? text + "\n" : StatusPicture.Render(status, Terminal.Width, Terminal.HasColor));
        return status.Degraded ? ExitCode.Degraded : ExitCode.Ok;
    }
}
