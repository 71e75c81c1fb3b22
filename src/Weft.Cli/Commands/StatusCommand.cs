using System.CommandLine;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Cli.Watching;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft status [-w] [-o wide|json]</c>: the picture of what runs; wide adds what the data path counts, -w draws it again
/// each second.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Option<string> output = OutputOption.Create("wide");
        Option<bool> watch = new("-w", "--watch") { Description = "Draw it again each second, until Ctrl-C or q" };
        Command command = new("status", "Show networks, guests, rates and problems") { output, watch };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(output)!, parsed.GetValue(watch)));
        return command;
    }

    private static int Run(HomeFolder home, string output, bool watch)
    {
        using ApiClient client = Connection.Require(home);
        if (watch)
        {
            return Screen.Repeat(() => Draw(client, output, out _));
        }
        Console.Write(Draw(client, output, out bool degraded));
        return degraded ? ExitCode.Degraded : ExitCode.Ok;
    }

    private static string Draw(ApiClient client, string output, out bool degraded)
    {
        string text = client.GetText(ApiPaths.Status);
        StatusDocument status = JsonSerializer.Deserialize(text, ApiJson.Default.StatusDocument)!;
        degraded = status.Degraded;
        return output switch
        {
            "json" => text + "\n",
            "wide" => StatusPicture.Render(status, Terminal.Width, Terminal.HasColor, wide: true),
            _ => StatusPicture.Render(status, Terminal.Width, Terminal.HasColor),
        };
    }
}
