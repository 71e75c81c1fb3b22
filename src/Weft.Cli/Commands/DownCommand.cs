using System.CommandLine;
using System.Diagnostics;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft down</c>: worker, keeper and weftd end. Nothing running is fine too.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        Command command = new("down", "End everything; leases and history stay");
        command.SetAction(parsed => Run(HomeOption.Of(parsed)));
        return command;
    }

    /// <summary>Ends everything and waits until the daemon has gone.</summary>
    public static void End(ApiClient client)
    {
        int pid = client.Post(ApiPaths.Down, ApiJson.Default.DownReply).DaemonPid;
        Stopwatch clock = Stopwatch.StartNew();
        while (ProcessTable.Runs(pid) && clock.Elapsed < Limit)
        {
            Thread.Sleep(5);
        }
    }

    private static int Run(HomeFolder home)
    {
        using ApiClient? client = Connection.Find(home);
        if (client is null)
        {
            Console.WriteLine("nothing runs");
            return ExitCode.Ok;
        }
        End(client);
        Console.WriteLine("down");
        return ExitCode.Ok;
    }
}
