using System.Runtime.InteropServices;
using Weft.Daemon.Api;
using Weft.Daemon.Control;
using Weft.Daemon.Host;
using Weft.Daemon.Keepers;
using Weft.Daemon.Store;
using Weft.Daemon.Workers;
using Weft.Linux;
using Weft.Linux.Files;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Daemon;

/// <summary>
/// <c>weft daemon [--home DIR] [--await-up]</c>: the process weftd. Takes the home's lock, opens the store, answers on
/// run/weftd.sock, finds the running worker and looks after it. Ending it leaves all traffic as it is.
/// </summary>
public static class DaemonProcess
{
    private const int Failed = 1;
    private const int Conflict = 4;

    public static int Run(string[] args)
    {
        HomeFolder home = HomeFolder.Find(ValueOf(args, "--home"));
        try
        {
            home.RequireShortPaths();
            using LockFile only = Prepare(home);
            DaemonParts parts = new(home, new DiskFiles(), new KeeperStarter(home), new HostTaps(),
                RouteTable.Read) { Log = new DaemonLog(home.Log) };
            ServeAsync(parts, args.Contains("--await-up")).GetAwaiter().GetResult();
            return 0;
        }
        catch (WeftException problem)
        {
            return Refuse(problem.Error);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Refuse(HomeRoom.Fault(home) ?? Unusable(home, problem));
        }
    }

    private static int Refuse(WeftError error)
    {
        Console.Error.WriteLine($"error {error.Code}: {error.Message}\nwhy: {error.Cause}\ntry: {error.Try}");
        return error.Code == ErrorCode.SecondDaemon ? Conflict : Failed;
    }

    private static WeftError Unusable(HomeFolder home, Exception problem) => new(ErrorCode.HomeUnusable, $"the home {home.Path} cannot be used",
        problem.Message.ReplaceLineEndings(" "), "WEFT_HOME=/tmp/weft weft up");

    /// <summary>Serves until a client or a signal ends it.</summary>
    internal static async Task ServeAsync(DaemonParts parts, bool awaitUp, CancellationToken end = default)
    {
        using Steward steward = new(parts);
        steward.Open();
        File.Delete(parts.Home.ApiSocket);
        await using ApiServer server = new(parts, steward);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, server);
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, server);
        using CancellationTokenRegistration cancelled = end.Register(server.AskEnd);
        // Before anybody can ask: what is stored shall not look like nothing.
        Task restored = RestoreAsync(steward, parts, awaitUp);
        await server.StartAsync();
        parts.Log.Write($"serving {parts.Home.Path}");
        using CancellationTokenSource stop = new();
        Task watch = steward.WatchAsync(stop.Token);
        await server.EndAsked;
        await stop.CancelAsync();
        await watch;
        await restored;
        parts.Log.Write("ends");
    }

    private static async Task RestoreAsync(Steward steward, DaemonParts parts, bool awaitUp)
    {
        try
        {
            await steward.RestoreAsync(awaitUp);
        }
        catch (WeftException problem)
        {
            parts.Log.Write($"what was stored could not be restored: {problem.Error.Message}: {problem.Error.Cause}");
        }
    }

    private static LockFile Prepare(HomeFolder home)
    {
        DiskFiles files = new();
        files.MakeFolder(home.Path);
        files.MakeFolder(home.Run);
        files.MakeFolder(home.Ports);
        files.MakeFolder(home.State);
        int result = LockFile.TryTake(home.Lock, out LockFile? taken);
        return result switch
        {
            >= 0 => taken!,
            -Errno.EAGAIN => throw new WeftException(new WeftError(ErrorCode.SecondDaemon, $"a weftd runs on {home.Path} already",
                "one home has one daemon; another Weft needs another WEFT_HOME", "weft status")),
            _ => throw new LinuxException($"lock {home.Lock}", -result),
        };
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, ApiServer server) =>
        PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        server.AskEnd();
    });

    private static string? ValueOf(string[] args, string option) => Array.IndexOf(args, option) is >= 0 and int at && at + 1 < args.Length
        ? args[at + 1] : null;
}
