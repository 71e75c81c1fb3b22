using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Cli.Watching;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft top [--once] [-o json]</c>: what each NIC does, second by second, the busiest first.</summary>
internal static class TopCommand
{
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        Option<bool> once = new("--once") { Description = "One table after a second, and no more" };
        Option<string> output = OutputOption.Create();
        Command command = new("top", "Show rates and drops of each NIC, the busiest first") { once, output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(once), parsed.GetValue(output) == "json"));
        return command;
    }

    private static int Run(HomeFolder home, bool once, bool json)
    {
        using ApiClient client = Connection.Require(home);
        StatusDocument last = client.Get(ApiPaths.Status, ApiJson.Default.StatusDocument);
        long lastAt = Stopwatch.GetTimestamp();
        if (once || json)
        {
            Thread.Sleep(Sample);
            Console.Write(Next());
            return ExitCode.Ok;
        }
        Thread.Sleep(Sample / 4);
        return Screen.Repeat(Next);

        string Next()
        {
            StatusDocument now = client.Get(ApiPaths.Status, ApiJson.Default.StatusDocument);
            TopDocument top = TopTable.Between(last, now, Stopwatch.GetElapsedTime(lastAt).TotalSeconds);
            (last, lastAt) = (now, Stopwatch.GetTimestamp());
            return json ? JsonSerializer.Serialize(top, ApiJson.Default.TopDocument) + "\n" : TopTable.Render(top, Terminal.HasColor);
        }
    }
}
