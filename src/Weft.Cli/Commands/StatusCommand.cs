using System.CommandLine;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft status [-o wide|json]</c>: the picture of what runs; wide adds what the data path counts.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Option<string> output = OutputOption.Create("wide");
        Command command = new("status", "Show networks, guests, rates and problems") { output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(HomeFolder home, string output)
    {
        using ApiClient client = Connection.Require(home);
        string text = client.GetText(ApiPaths.Status);
        StatusDocument status = JsonSerializer.Deserialize(text, ApiJson.Default.StatusDocument)!;
        Console.Write(output switch
        {
            "json" => text + "\n",
            "wide" => StatusPicture.Render(status, Terminal.Width, Terminal.HasColor, wide: true),
            _ => StatusPicture.Render(status, Terminal.Width, Terminal.HasColor),
        });
        return status.Degraded ? ExitCode.Degraded : ExitCode.Ok;
    }
}
