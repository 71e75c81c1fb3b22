using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Streams;
using Xunit.Abstractions;

namespace Weft.Lab.Vhost;

/// <summary>A guest whose hypervisor stands still takes no frames. Others must not wait for it, not even who has much to tell it.</summary>
public sealed class StoppedGuestScene(ITestOutputHelper output)
{
    private const int Port = 7000;
    private const int Memory = 256;

    /// <summary>On two cores that carry three guests, the worker and the tests.</summary>
    private const double StallLimit = 5000;

    [Scene(Needs.Uml)]
    public async Task Two_guests_talk_while_a_third_stands_still_and_it_goes_on_later()
    {
        await using UmlHost lab = await UmlHost.UpAsync("vhost-user", Memory, "alpha", "beta", "gamma");
        UmlGuest alpha = lab["alpha"], beta = lab["beta"], gamma = lab["gamma"];
        string toBeta = (await beta.Lease).Address, toGamma = (await gamma.Lease).Address;
        await alpha.PingAsync(toGamma);
        _ = beta.RunAsync($"sleep 60 | {NamespaceGuest.Tool} serve 0.0.0.0 {Port} >/run/served", TimeSpan.FromSeconds(90)).ContinueWith(t => t.Exception, TaskScheduler.Default);
        await beta.MustAsync("until grep -q serving /run/served; do sleep 0.1; done");

        await SignalAsync("STOP", gamma);
        try
        {
            // Datagrams without end to the one that does not listen, and a stream to the one that does.
            _ = alpha.RunAsync($"timeout 8 busybox nc -u {toGamma} 9 </dev/zero").ContinueWith(t => t.Exception, TaskScheduler.Default);
            StreamReport report = StreamReport.Parse(await alpha.MustAsync($"{NamespaceGuest.Tool} put {toBeta} {Port} {128 << 20}", TimeSpan.FromSeconds(60)));
            output.WriteLine($"alpha to beta: {report}");
            Assert.True(report.Right && report.StallMilliseconds < StallLimit, report.ToString());
        }
        finally
        {
            await SignalAsync("CONT", gamma);
        }

        await gamma.PingAsync(lab.Gateway);
        await alpha.PingAsync(toGamma);
    }

    /// <summary>To its kernel alone: the programs inside are traced by it, and would take the signal for their own.</summary>
    private static async Task SignalAsync(string signal, UmlGuest guest)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{signal} {guest.ProcessId}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
