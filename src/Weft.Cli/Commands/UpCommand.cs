using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Files;

namespace Weft.Cli.Commands;

/// <summary><c>weft up [FILE]</c>: what the file says becomes what runs.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        Argument<string?> file = new("FILE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = $"Topology file; default: the {TopologyInput.Pattern} of this folder, else what ran before, else one NAT network",
        };
        LaneOptions lanes = new();
        Option<string?> dns = DnsOption.Create();
        Command command = new("up", "Start Weft, or change it to what a file says") { file };
        lanes.AddTo(command);
        command.Options.Add(dns);
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(file), DnsOption.Of(parsed, dns), home => lanes.Apply(home, parsed)));
        return command;
    }

    private static int Run(HomeFolder home, string? file, string? dns, Action<HomeFolder> chooseLanes)
    {
        TopologyInput? input = TopologyInput.Find(file, "up");
        // A bad file shall not even start a daemon.
        _ = input is null ? null : TopologyFile.Read(input.Text, input.File).Require();
        chooseLanes(home);
        using ApiClient client = Connection.FindOrStart(home, out bool started);
        try
        {
            ChangeReply reply = client.Post(ApiPaths.Up, new UpRequest(input?.Text, input?.File) { Dns = dns }, ApiJson.Default.UpRequest, ApiJson.Default.ChangeReply);
            ChangeReport.Write(Console.Out, reply, "up: nothing to change");
            return ExitCode.Ok;
        }
        catch (CommandException) when (started)
        {
            // What was started for this alone shall not stay behind.
            DownCommand.End(client);
            throw;
        }
    }
}
