using System.CommandLine;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft why A B [tcp/443]</c>: the way from one end to another, by the data path's own decisions; nothing is sent.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        Argument<string> from = new("A") { Description = "A guest's NIC (alpha:1, alpha), 'outside' or 'host'" };
        Argument<string> to = new("B") { Description = "A guest's NIC, 'gateway', a network, an address or name, 'host' or 'outside'" };
        Argument<string?> protocol = new("PROTOCOL") { Description = "tcp/PORT, udp/PORT or icmp", Arity = ArgumentArity.ZeroOrOne };
        Option<string> output = OutputOption.Create();
        Command command = new("why", "Explain why one end reaches another, or why not") { from, to, protocol, output };
        command.SetAction(parsed => Run(HomeOption.Of(parsed),
            ApiPaths.WhyOf(parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(protocol) ?? ""), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(HomeFolder home, string path, string output)
    {
        using ApiClient client = Connection.Require(home);
        string text = client.GetText(path);
        WhyDocument why = JsonSerializer.Deserialize(text, ApiJson.Default.WhyDocument)!;
        Console.Write(output == "json" ? text + "\n" : WhyPicture.Render(why, Terminal.HasColor));
        return why.Reaches ? ExitCode.Ok : ExitCode.Degraded;
    }
}
