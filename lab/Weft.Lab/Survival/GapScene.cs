using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit.Abstractions;

namespace Weft.Lab.Survival;

/// <summary>
/// How long nothing arrives when the worker dies: a paced stream each way, a kilobyte each millisecond, and the longest pause
/// at either receiver in the second after each kill. The same windows without a kill say what the machine itself adds.
/// </summary>
public sealed class GapScene(ITestOutputHelper output)
{
    private const double WarmBar = 100;
    private const double ColdBar = 200;
    private static readonly long Window = Stopwatch.Frequency;

    [Scene(Needs.Tap)]
    [Trait("Tier", "ci")]
    public async Task The_gap_of_a_takeover_is_short()
    {
        await using Stage stage = await Stage.UpAsync(serve: false);
        using Socket listener = Listen(out int port);
        using CancellationTokenSource end = new();
        Tool down = Tool.In(stage.Lab.Guest, $"survival receive {stage.Lab.Gateway} {port}");
        Socket toGuest = await listener.AcceptAsync();
        toGuest.NoDelay = true;
        Task sending = Thread(() => PacedStream.Send(toGuest, end.Token));
        Tool up = Tool.In(stage.Lab.Guest, $"survival send {stage.Lab.Gateway} {port}");
        Socket fromGuest = await listener.AcceptAsync();
        List<Pause> upPauses = [];
        Task receiving = Thread(() => upPauses = PacedStream.Receive(fromGuest));

        List<long> none = [], warm = [], cold = [];
        List<double> warmInside = [], coldInside = [];
        for (int i = 0; i < Tier.Of(3, 40); i++)
        {
            await AroundAsync(none, () => { });
            await stage.Workers.StandbyAsync();
            await AroundAsync(warm, () => stage.Workers.Kill());
            warmInside.Add(stage.Workers.Status.TakeoverMicroseconds / 1000.0);
            await AroundAsync(cold, () => stage.Workers.KillAll());
            await stage.Workers.ServesAsync(after: 0);
            coldInside.Add(stage.Workers.Status.TakeoverMicroseconds / 1000.0);
        }

        up.End();
        await receiving;
        await end.CancelAsync();
        await sending;
        List<string> said = await down.RestAsync();
        Assert.All(said, line => Assert.StartsWith("pause", line));
        List<Pause> pauses = [.. upPauses, .. said.Select(l => Pause.TryParse(l)!.Value)];

        Say("no kill", none, pauses);
        Say("inside the new worker, warm", [.. warmInside.Order()]);
        Say("inside the new worker, cold", [.. coldInside.Order()]);
        double[] warmGaps = Say("warm", warm, pauses), coldGaps = Say("cold", cold, pauses);
        Assert.All((double[])[.. warmGaps, .. coldGaps], gap => Assert.True(gap < 3000, $"stood still for {gap:0} ms"));
        if (Tier.IsLong)
        {
            Assert.True(At(warmGaps, 0.95) <= WarmBar, $"warm p95 is {At(warmGaps, 0.95):0} ms, the bar {WarmBar} ms");
            Assert.True(At(coldGaps, 0.95) <= ColdBar, $"cold p95 is {At(coldGaps, 0.95):0} ms, the bar {ColdBar} ms");
        }
    }

    private static async Task AroundAsync(List<long> moments, Action kill)
    {
        moments.Add(Stopwatch.GetTimestamp());
        kill();
        await Task.Delay(TimeSpan.FromSeconds(1.5));
    }

    private double[] Say(string what, List<long> moments, List<Pause> pauses) =>
        Say(what, [.. moments.Select(m => Longest(m, pauses)).Order()]);

    private double[] Say(string what, double[] gaps)
    {
        output.WriteLine($"{what}: n {gaps.Length}, p50 {At(gaps, 0.5):0.0} p95 {At(gaps, 0.95):0.0} max {gaps[^1]:0.0} ms");
        return gaps;
    }

    private static double Longest(long moment, List<Pause> pauses) => pauses
        .Where(p => p.To > moment && p.From < moment + Window)
        .Select(p => Stopwatch.GetElapsedTime(p.From, p.To).TotalMilliseconds)
        .DefaultIfEmpty(2).Max();

    private static double At(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * (sorted.Length - 1))];

    private static Task Thread(Action act) => Task.Factory.StartNew(act, TaskCreationOptions.LongRunning);

    private static Socket Listen(out int port)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(4);
        port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        return listener;
    }
}
