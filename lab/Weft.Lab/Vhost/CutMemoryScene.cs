using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Streams;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Vhost;

/// <summary>
/// A hypervisor cuts its guest's memory off under us: whoever touches it then is killed (SIGBUS). That costs one worker, once.
/// The next one lets nobody in there until the cable was pulled, and its other guests go on.
/// </summary>
public sealed class CutMemoryScene(ITestOutputHelper output)
{
    private const int Port = 7000;
    private const int Memory = 256;
    private const long Bytes = 1 << 30;
    private const int Tries = 5;
    private const string UntilTheEnd = "until [ -e /run/end ]; do sleep 0.1; done";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Scene(Needs.Uml), Trait("Tier", "ci")]
    public async Task It_ends_one_worker_and_the_other_guests_go_on()
    {
        await using WeftHome lab = await WeftHome.UpAsync("networks: { lab: nat-network }\nvms:\n" + string.Concat(
            ((string[])["alpha", "beta", "gamma"]).Select(vm => $"  {vm}: [{{ net: lab, attach: vhost-user }}]\n")));
        Task<UmlGuest> booting = lab.BootAsync("beta", memoryMiB: Memory);
        UmlGuest alpha = await lab.BootAsync("alpha", memoryMiB: Memory), beta = await booting;
        string toBeta = (await beta.Lease).Address, lives = await alpha.LifeAsync() + await beta.LifeAsync();
        _ = beta.RunAsync($"({UntilTheEnd}) | {NamespaceGuest.Tool} serve 0.0.0.0 {Port} >/run/served", Limit).ContinueWith(t => t.Exception, TaskScheduler.Default);
        await beta.MustAsync("until grep -q serving /run/served; do sleep 0.1; done");
        Task<string> ping = alpha.MustAsync($"ping -i 0.2 {(await alpha.Lease).Gateway} >/run/ping & {UntilTheEnd}; kill -INT $!; wait; tail -n 3 /run/ping", Limit);
        Task<string> stream = alpha.MustAsync($"{NamespaceGuest.Tool} put {toBeta} {Port} {Bytes}", Limit);
        await SeeAsync(lab, s => PortOf(s, "beta:1").BytesOut > Bytes / 16, "a part of the stream");

        StatusDocument before = await lab.StatusAsync();
        string path = PortOf(before, "gamma:1").Path;
        using (BareFrontEnd gamma = BareFrontEnd.Connect(path))
        {
            Assert.True(gamma.TryStart());
            await SeeAsync(lab, s => PortOf(s, "gamma:1").Up, "the front end's carrier");
            gamma.CutMemory();
            gamma.Kick();
            await gamma.ClosedAsync();
        }

        Assert.False(stream.IsCompleted, "the stream was over before the worker died");
        StatusDocument after = await SeeAsync(lab, s => s.Worker.State == "ok" && s.Worker.Pid != before.Worker.Pid, "a new worker");
        Assert.Equal(before.Worker.Restarts + 1, after.Worker.Restarts);
        ProblemDocument problem = Assert.Single(after.Problems, p => p.Text.Contains("gamma:1"));
        Assert.True(problem.Degrades);

        // It comes again and again, and would do the same again.
        for (int i = 0; i < Tries; i++)
        {
            using BareFrontEnd gamma = BareFrontEnd.Connect(path);
            _ = gamma.TryStart();
            gamma.CutMemory();
            gamma.Kick();
            await gamma.ClosedAsync();
        }

        StreamReport report = StreamReport.Parse(await stream);
        await Task.WhenAll(alpha.MustAsync("touch /run/end"), beta.MustAsync("touch /run/end"));
        string pinged = await ping;
        output.WriteLine($"alpha to beta: {report}; {pinged}; {problem.Text}");
        Assert.True(report.Right, report.ToString());
        Assert.Equal(lives, await alpha.LifeAsync() + await beta.LifeAsync());
        Assert.Equal(after.Worker.Pid, (await lab.StatusAsync()).Worker.Pid);

        // Somebody has looked after it.
        string[] commands = problem.Try!.Split(" && ");
        foreach (string command in commands)
        {
            await lab.Weft.RunAsync(command.Split(' ')[1..]);
        }

        using BareFrontEnd better = BareFrontEnd.Connect(path);
        Assert.True(better.TryStart());
        StatusDocument good = await SeeAsync(lab, s => PortOf(s, "gamma:1").Up, "the front end that may come again");
        Assert.DoesNotContain(good.Problems, p => p.Text.Contains("gamma:1"));
        Assert.Equal(after.Worker.Pid, good.Worker.Pid);
    }

    private static PortDocument PortOf(StatusDocument status, string name) => status.Networks.Single().Ports.Single(p => p.Name == name);

    private static async Task<StatusDocument> SeeAsync(WeftHome home, Func<StatusDocument, bool> good, string what)
    {
        StatusDocument seen = await home.StatusAsync();
        for (int look = 0; look < 200 && !good(seen); look++)
        {
            await Task.Delay(50);
            seen = await home.StatusAsync();
        }

        Assert.True(good(seen), $"waited for {what}, last saw {seen.Worker}");
        return seen;
    }
}
