using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Cli.Client;

/// <summary>Finds the daemon that a command needs.</summary>
internal static class Connection
{
    /// <summary>A client of the running daemon. Where only keeper and worker are left, a daemon is started, which finds them.</summary>
    /// <exception cref="CommandException">Nothing runs.</exception>
    public static ApiClient Require(HomeFolder home) => Find(home) ?? throw new CommandException(
        new WeftError(ErrorCode.NotRunning, "no Weft runs here", $"neither weftd nor a worker answers in {home.Run}", "weft up"),
            ExitCode.NotRunning);

    /// <summary>As <see cref="Require"/>, but null when nothing runs.</summary>
    public static ApiClient? Find(HomeFolder home)
    {
        if (!ApiClient.Answers(home))
        {
            if (!ApiClient.WorkerAnswers(home))
            {
                return null;
            }
            DaemonStarter.Start(home, awaitUp: false);
        }
        return new ApiClient(home);
    }

    /// <summary>A client of the daemon, started when there is none; <paramref name="started"/> tells.</summary>
    public static ApiClient FindOrStart(HomeFolder home, out bool started)
    {
        started = !ApiClient.Answers(home);
        if (started)
        {
            DaemonStarter.Start(home, awaitUp: true);
        }
        return new ApiClient(home);
    }
}
