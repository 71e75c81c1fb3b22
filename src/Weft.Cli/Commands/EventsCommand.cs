using System.CommandLine;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft events [-f]</c>: what happened lately; with -f what happens, as it happens.</summary>
internal static class EventsCommand
{
    private const int Shown = 100;
    private const string Data = "data: ";

    public static Command Create()
    {
        Option<bool> follow = new("-f", "--follow") { Description = "Go on with what happens, until Ctrl-C" };
        Option<string> output = new("-o", "--output")
        {
            Description = "Form of the output; json is a line for each event, and what a pipe gets",
            HelpName = "text|json",
            DefaultValueFactory = _ => Console.IsOutputRedirected ? "json" : "text",
        };
        output.AcceptOnlyFromAmong("text", "json");
        Command command = new("events", "Show what happened: changes, cables, leases, restarts, problems") { follow, output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(follow), parsed.GetValue(output) == "json"));
        return command;
    }

    private static int Run(HomeFolder home, bool follow, bool json)
    {
        using ApiClient client = Connection.Require(home);
        return follow ? Follow(home, json) : ShowLatest(client, json);
    }

    private static int ShowLatest(ApiClient client, bool json)
    {
        foreach (EventDocument what in client.Get(ApiPaths.EventLog, ApiJson.Default.EventList).Items.TakeLast(Shown))
        {
            Console.WriteLine(json ? JsonSerializer.Serialize(what, ApiJsonLines.Default.EventDocument) : Line(what));
        }
        return ExitCode.Ok;
    }

    private static int Follow(HomeFolder home, bool json)
    {
        using StreamClient stream = StreamClient.Get(home, ApiPaths.Events);
        using StreamReader lines = new(stream.Body);
        try
        {
            for (string? line = lines.ReadLine(); line is not null; line = lines.ReadLine())
            {
                if (line.StartsWith(Data, StringComparison.Ordinal))
                {
                    string data = line[Data.Length..];
                    Console.WriteLine(json ? data : Line(JsonSerializer.Deserialize(data, ApiJsonLines.Default.EventDocument)!));
                    Console.Out.Flush();
                }
            }
        }
        catch (IOException)
        {
            // weftd ended, or whoever reads this did.
        }
        return ExitCode.Ok;
    }

    private static string Line(EventDocument what) => $"{what.Time.ToLocalTime():HH:mm:ss.fff}  {what.Kind,-16}  {what.Text}";
}
