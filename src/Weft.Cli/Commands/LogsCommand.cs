using System.CommandLine;
using System.Runtime.InteropServices;
using Weft.Cli.Output;
using Weft.Cli.Watching;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft logs [-f] [-n N]</c>: what weftd, keeper and worker wrote down, in the order of time.</summary>
internal static class LogsCommand
{
    private const int Shown = 100;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        Option<bool> follow = new("-f", "--follow") { Description = "Go on with what is written, until Ctrl-C" };
        Option<int> count = new("-n", "--lines") { HelpName = "N", Description = $"Lines to begin with (default: {Shown})", DefaultValueFactory = _ => Shown };
        Command command = new("logs", "Show the logs of weftd, keeper and worker") { follow, count };
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(follow), parsed.GetValue(count)));
        return command;
    }

    private static int Run(HomeFolder home, bool follow, int count)
    {
        if (!follow && !File.Exists(home.Log))
        {
            throw new CommandException(new WeftError(ErrorCode.NotRunning, "there are no logs", $"no Weft has run in {home.Path} yet", "weft up"), ExitCode.NotRunning);
        }
        LogFile[] logs = [new("weftd", home.Log), new("keeper", $"{home.Run}/keeper.log"), new("worker", $"{home.Run}/worker.log")];
        Show(Next(logs).TakeLast(Math.Max(0, count)));
        if (!follow)
        {
            return ExitCode.Ok;
        }
        using ManualResetEventSlim end = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            end.Set();
        });
        while (!end.Wait(Step))
        {
            Show(Next(logs));
        }
        return ExitCode.Ok;
    }

    /// <summary>Lines of one moment stay in the order of their logs.</summary>
    private static IEnumerable<LogLine> Next(LogFile[] logs) => logs.SelectMany(log => log.Read()).OrderBy(line => line.Stamp, StringComparer.Ordinal);

    private static void Show(IEnumerable<LogLine> lines)
    {
        foreach (LogLine line in lines)
        {
            Console.WriteLine(line);
        }
        Console.Out.Flush();
    }
}
