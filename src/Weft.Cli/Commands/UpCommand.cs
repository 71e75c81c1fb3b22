using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

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
        command.SetAction(parsed => Run(HomeOption.Of(parsed, parsed.GetValue(file)), parsed.GetValue(file), DnsOption.Of(parsed, dns),
            (home, input) => lanes.Apply(home, parsed, input)));
        return command;
    }

    private static int Run(HomeFolder home, string? file, string? dns, Action<HomeFolder, string?> chooseLanes)
    {
        TopologyInput? input = TopologyInput.Find(file, "up");
        // A bad file shall not even start a daemon.
        input?.Parse("up");
        chooseLanes(home, input?.File);
        using ApiClient client = FindOrStart(home, input?.File, out bool started);
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

    private static ApiClient FindOrStart(HomeFolder home, string? file, out bool started)
    {
        try
        {
            return Connection.FindOrStart(home, out started);
        }
        catch (CommandException problem)
        {
            throw new CommandException(problem.Error.ForFile(file), problem.ExitCode);
        }
    }
}
