using System.Net.Sockets;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Errors;

namespace Weft.Tests.Cli.Tries;

/// <summary>What is wrong with the host, and with Weft itself.</summary>
internal static class Faults
{
    private const int ReadOnlyDisk = 30; // EROFS of errno(3)
    private const string Tap = "vms: { alpha: [{ net: nat, tap: { name: t0, netns: guest } }] }\n";

    public static readonly Provocation[] All =
    [
        new(ErrorCode.DiskFull, "forward add 8081:alpha:80", stage => FailWrite(stage, new IOException("no space left on device", Errno.ENOSPC))),
        new(ErrorCode.StoreFailed, "forward add 8081:alpha:80", stage => FailWrite(stage, new IOException("read-only file system", ReadOnlyDisk))),
        new(ErrorCode.Internal, "forward add 8081:alpha:80", stage => FailWrite(stage, new InvalidOperationException("a bug"))),
        new(ErrorCode.KeeperFailed, "up lab.weft.yml", stage =>
        {
            stage.Write(TryStage.Good);
            stage.Daemon.Keepers.Problem = new IOException("no process can be started");
        }),
        new(ErrorCode.TapFailed, "up lab.weft.yml", stage =>
        {
            stage.Write(Tap.Replace(", netns: guest", ""));
            stage.Daemon.TapError = -Errno.EPERM;
        }),
        new(ErrorCode.UpUnderWay, "up lab.weft.yml", UpUnderWay) { Says = "problems:" },
        new(ErrorCode.DaemonSilent, "status", stage =>
        {
            BadCommands.Up(stage);
            HangUp(stage);
        })
        { Says = "lab" },
    ];

    private static void FailWrite(TryStage stage, Exception problem)
    {
        BadCommands.Up(stage);
        stage.Daemon.FullProblem = problem;
        stage.Daemon.FullAtWrite = 1;
    }

    /// <summary>One 'up' waits for the worker while another one is typed; it ends when there was time for that.</summary>
    private static void UpUnderWay(TryStage stage)
    {
        BadCommands.Up(stage);
        ManualResetEventSlim waits = new();
        stage.Daemon.Worker.OnCommand = kind =>
        {
            waits.Set();
            Thread.Sleep(500);
        };
        Task first = Task.Run(() => stage.Daemon.Up(TryStage.Good.Replace("quiet: internal", "quiet: internal, more: internal")));
        Assert.True(waits.Wait(TimeSpan.FromSeconds(30)));
        stage.Under = first;
    }

    /// <summary>Somebody listens at weftd's socket and hangs up, once; then weftd is back.</summary>
    private static void HangUp(TryStage stage)
    {
        stage.Daemon.Stop();
        File.Delete(stage.Daemon.Home.ApiSocket);
        Socket other = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(stage.Daemon.Home.ApiSocket));
        other.Listen(4);
        stage.Under = Task.Run(() =>
        {
            for (int i = 0; i < 2; i++)
            {
                other.Accept().Dispose();
            }
            other.Dispose();
            File.Delete(stage.Daemon.Home.ApiSocket);
            stage.Daemon.Start(awaitUp: false);
        });
    }
}
