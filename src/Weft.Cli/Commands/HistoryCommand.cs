using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft history</c>: the changes that were made, newest first.</summary>
internal static class HistoryCommand
{
    public static Command Create()
    {
        Option<string> output = OutputOption.Create();
        Command command = new("history", "List the changes that were made, newest first") { output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(HomeFolder home, string output)
    {
        using ApiClient client = Connection.Require(home);
        string text = client.GetText(ApiPaths.History);
        if (output == "json")
        {
            Console.WriteLine(text);
            return ExitCode.Ok;
        }
        HistoryItem[] items = JsonSerializer.Deserialize(text, ApiJson.Default.HistoryDocument)!.Items;
        (string Number, string Age, string What)[] rows = [.. items.Select(i => (i.Number.ToString(CultureInfo.InvariantCulture),
            Age.Text(DateTimeOffset.UtcNow - i.Time), i.What.ReplaceLineEndings(" ")))];
        foreach ((string number, string age, string what) in rows)
        {
            Console.WriteLine($"{number.PadLeft(rows.Max(r => r.Number.Length))}  {age.PadRight(rows.Max(r => r.Age.Length))}  {what}");
        }
        if (rows.Length == 0)
        {
            Console.WriteLine("no changes yet");
        }
        return ExitCode.Ok;
    }
}
