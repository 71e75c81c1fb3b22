using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Survival;
using Xunit.Abstractions;

namespace Weft.Lab.Vhost;

/// <summary>The worker dies under streams and ping. The guest goes on: same boot, same connection, every byte right.</summary>
public sealed class WorkerKillScene(ITestOutputHelper output)
{
    private const int Memory = 256;

    [Scene(Needs.Uml)]
    public Task A_guest_does_not_notice_that_the_worker_died() => SurviveAsync(3);

    [Scene(Needs.Uml), Trait("Tier", "ci")]
    public Task A_guest_does_not_notice_twenty_deaths_of_the_worker() => SurviveAsync(20);

    private async Task SurviveAsync(int kills)
    {
        int port = FreePort.Tcp();
        using Tool server = Tool.OnHost($"serve 127.0.0.1 {port}");
        Assert.Equal("serving", await server.NextAsync(TimeSpan.FromSeconds(20)));
        await using UmlHost lab = await UmlHost.UpAsync("vhost-user", Memory, "alpha");
        UmlGuest alpha = lab["alpha"];
        string life = await alpha.LifeAsync(), connection = await ConnectionAsync(lab);

        LoadOrder streams = new(Flows: 4, LeastBytes: 8 << 20, MostBytes: 32 << 20, Alternate: true, Seed: 1);
        Task<string> load = GuestLoad.StartAsync(alpha, port, streams);
        Task<string> ping = alpha.MustAsync($"ping -i 0.2 {lab.Gateway} >/run/ping & {GuestLoad.UntilTheEnd}; kill -INT $!; wait; tail -n 3 /run/ping", GuestLoad.Limit);
        await Task.Delay(2000); // the streams run
        using WorkerWatch workers = await WorkerWatch.OpenAsync(lab.Home.Home);
        Killer killer = new(workers, seed: 7);
        await killer.RunAsync(kills, Task.WhenAny(load, ping));
        await GuestLoad.EndAsync(alpha);

        string said = await load, pinged = await ping;
        output.WriteLine($"{killer}; {said}; {pinged}");
        LoadReport report = GuestLoad.Report(said);
        Assert.Equal((kills, 0), (killer.Kills, report.Failed));
        Assert.True(report.Right > 0, said);
        Assert.InRange(Lost(pinged), 0, kills);
        Assert.Equal((life, connection), (await alpha.LifeAsync(), await ConnectionAsync(lab)));
        Assert.Equal(0UL, workers.Status.FlowsLost);
    }

    /// <summary>The inodes of who is connected to the card's socket.</summary>
    private static async Task<string> ConnectionAsync(UmlHost lab)
    {
        const string Connected = "03";
        string path = (await lab.Home.Weft.UmlNicsAsync("alpha"))[0].Split('=', 2)[1].Split(':')[0];
        return string.Join(' ', File.ReadLines("/proc/net/unix").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w.Length == 8 && w[7] == path && w[5] == Connected).Select(w => w[6]));
    }

    /// <summary>From "20 packets transmitted, 19 received, …".</summary>
    private static int Lost(string ping)
    {
        string[] words = ping.Split('\n').Single(l => l.Contains("transmitted")).Split(' ');
        return int.Parse(words[0]) - int.Parse(words[3]);
    }
}
