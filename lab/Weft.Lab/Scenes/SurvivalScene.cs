using System.Net;
using Weft.Lab.Guests;
using Weft.Lab.Streams;

namespace Weft.Lab.Scenes;

/// <summary>Processes are killed under traffic; no byte is lost, added or changed, and no stream stands still.</summary>
/// <remarks>The guest is a namespace, so its TCP is the host kernel's at full speed and kills hit every kind of moment.</remarks>
public sealed class SurvivalScene
{
    private const long Mebibyte = 1 << 20;

    /// <summary>A stream that makes no progress for so long counts as stalled. Two cores carry everything here.</summary>
    private const double StallLimit = 10_000;

    [Scene(Needs.Tap)]
    public Task Both_directions_survive_five_kills_of_the_worker() => Transfers_survive_kills(1024 * Mebibyte, kills: 5);

    [Scene(Needs.Tap), Trait("Tier", "long")]
    public Task Both_directions_survive_a_hundred_kills_of_the_worker() => Transfers_survive_kills(64 * 1024 * Mebibyte, kills: 100);

    [Scene(Needs.Tap)]
    public async Task Short_connections_survive_kills_of_the_worker()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        Task<string> shorts = lab.Guest.StreamToolAsync($"short {lab.Gateway} {server.Port} 400 100000");
        for (int kill = 0; kill < 4; kill++)
        {
            await Task.Delay(300);
            await lab.Home.KillWorkerAsync();
        }

        Assert.Equal("400", await shorts);
    }

    [Scene(Needs.Tap)]
    public async Task A_stream_into_the_guest_survives_a_kill_of_the_worker()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        await lab.Guest.ServeAsync("0.0.0.0", 7000);
        int port = FreePort.Tcp();
        await lab.Home.Weft.RunAsync("forward", "add", $"{port}:vm1:7000");

        IPEndPoint forward = new(IPAddress.Loopback, port);
        Task<StreamReport> up = StreamEnd.RunAsync(forward, new StreamOrder(Upload: true, 512 * Mebibyte, 1));
        Task<StreamReport> down = StreamEnd.RunAsync(forward, new StreamOrder(Upload: false, 512 * Mebibyte, 2));
        await Task.Delay(200);
        await lab.Home.KillWorkerAsync();
        await Right(up);
        await Right(down);
    }

    [Scene(Needs.Tap)]
    public async Task Traffic_goes_on_without_the_daemon_and_the_next_one_finds_everything()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        int worker = (await lab.Home.StatusAsync()).Worker.Pid;
        Task<StreamReport> up = Put(lab, server, 1024 * Mebibyte);
        await lab.Home.KillDaemonAsync();
        await Right(up);

        var status = await lab.Home.StatusAsync();
        Assert.Equal((worker, 0), (status.Worker.Pid, status.Worker.Restarts));
        Assert.Contains(status.Networks, n => n.Name == "lab");

        Task<StreamReport> next = Put(lab, server, 512 * Mebibyte);
        await lab.Home.KillWorkerAsync();
        await Right(next);
    }

    [Scene(Needs.Tap)]
    public async Task A_worker_killed_after_its_keeper_still_survives()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        Task<StreamReport> up = Put(lab, server, 2048 * Mebibyte);
        Task<StreamReport> down = Get(lab, server, 2048 * Mebibyte);
        await lab.Home.KillKeeperAsync();
        await lab.Home.KillWorkerAsync();
        await Right(up);
        await Right(down);
    }

    private static async Task Transfers_survive_kills(long bytes, int kills)
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        Task<StreamReport> up = Put(lab, server, bytes), down = Get(lab, server, bytes);
        Random random = new(1);
        for (int kill = 0; kill < kills && !up.IsCompleted && !down.IsCompleted; kill++)
        {
            await Task.Delay(random.Next(20, 400));
            await lab.Home.KillWorkerAsync();
        }

        await Right(up);
        await Right(down);
        Assert.True((await lab.Home.StatusAsync()).Worker.Restarts > 0, "the transfers ended before the first kill");
    }

    private static async Task<StreamReport> Put(NamespaceHost lab, StreamServer server, long bytes) =>
        StreamReport.Parse(await lab.Guest.StreamToolAsync($"put {lab.Gateway} {server.Port} {bytes} 1", TimeSpan.FromMinutes(20)));

    private static async Task<StreamReport> Get(NamespaceHost lab, StreamServer server, long bytes) =>
        StreamReport.Parse(await lab.Guest.StreamToolAsync($"get {lab.Gateway} {server.Port} {bytes} 2", TimeSpan.FromMinutes(20)));

    private static async Task Right(Task<StreamReport> stream)
    {
        StreamReport report = await stream;
        Assert.True(report.Right, report.ToString());
        Assert.True(report.StallMilliseconds < StallLimit, $"stood still for {report.StallMilliseconds} ms");
    }
}
