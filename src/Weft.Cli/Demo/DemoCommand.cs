using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Weft.Cli.Demo;

/// <summary><c>weft demo [--once]</c>: shows what Weft does with two real guests, and leaves nothing behind.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<bool> once = new("--once") { Description = "Take everything down after the last line" };
        Command command = new("demo", "Show two real guests on a network that survives") { once };
        // Not as an asynchronous action: the parser's own handling of Ctrl-C would cut the taking down short.
        command.SetAction(parsed => RunAsync(parsed.GetValue(once)).GetAwaiter().GetResult());
        return command;
    }

    /// <summary>0 when everything shown came out right, 1 when something did not or could not run, 130 when interrupted on the way.</summary>
    public static async Task<int> RunAsync(bool once)
    {
        using CancellationTokenSource interrupted = new();
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, interrupted);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, interrupted);
        using PosixSignalRegistration hangup = OnSignal(PosixSignal.SIGHUP, interrupted);

        DemoScreen screen = DemoScreen.ForConsole(interrupted.Token);
        if (await DemoNeeds.EnsureAsync(screen) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 1;
        }

        Stopwatch time = Stopwatch.StartNew();
        try
        {
            await using DemoStage stage = new();
            await PlayAsync(stage, screen, time, interrupted.Token);
            if (!once)
            {
                screen.Say($"\nEverything stays up until Ctrl-C. Look around: WEFT_HOME={stage.Weft.Home} weft status");
                await UntilCancelled(interrupted.Token);
            }
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return 130;
        }

        return screen.Failed == 0 ? 0 : 1;
    }

    private static async Task PlayAsync(DemoStage stage, DemoScreen screen, Stopwatch time, CancellationToken cancel)
    {
        DemoScript script = new(stage, cancel);
        screen.Say();
        bool standing = await screen.ShowAsync("Weft is up", script.WeftIsUp)
            && await screen.ShowAsync("two guests boot", script.GuestsBoot)
            && await screen.ShowAsync("both get addresses by DHCP", script.GuestsHaveAddresses);
        if (standing)
        {
            await screen.ShowAsync("alpha finds and pings beta by name", script.AlphaPingsBetaByName);
            string talking = Seconds(time);
            await screen.ShowAsync("alpha fetches a page from the host through NAT", script.AlphaFetchesAPage);
            await screen.ShowAsync("alpha resolves a name of the host", script.AlphaResolvesTheHost);
            await screen.ShowAsync("the host reaches alpha's web server through a forward", script.HostReachesAlpha);
            await screen.ShowAsync("alpha downloads 256 MiB while the worker is killed", script.DownloadSurvivesAKill);
            await screen.ShowAsync("the second network stays closed", script.QuietStaysClosed);
            screen.Say($"\nGuests talking after {talking} s, all shown after {Seconds(time)} s.\n");
        }

        await stage.Weft.ShowAsync("status");
    }

    private static async Task UntilCancelled(CancellationToken cancel)
    {
        TaskCompletionSource end = new();
        await using CancellationTokenRegistration _ = cancel.Register(end.SetResult);
        await end.Task;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource source) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            source.Cancel();
        });

    private static string Seconds(Stopwatch time) => time.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
