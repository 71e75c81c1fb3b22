using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Daemon.Host;
using Weft.Lab.Guests;
using Weft.Model;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Load;

/// <summary>Ten thousand requests to the API at once: each is answered or told when to come again, weftd stays within its bounds, and
/// guests notice nothing.</summary>
public sealed class ManyRequestsScene(ITestOutputHelper said)
{
    private const long MostGrownKib = 128 << 10;

    /// <summary>Descriptors beside those of connections: files, logs, the pool's timers.</summary>
    private const int Others = 40;

    private static readonly (string Method, string Path)[] Mix =
    [
        ("GET", ApiPaths.Status), ("GET", ObjectPaths.Networks), ("GET", ObjectPaths.Leases), ("GET", ObjectPaths.Nics), ("GET", ApiPaths.Metrics),
        ("POST", ApiPaths.PlugOf("vm2", 1, false)), ("POST", ApiPaths.PlugOf("vm2", 1, true)),
    ];

    [Scene(Needs.Tap)]
    public async Task Ten_thousand_requests_at_once_disturb_nobody()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2);
        int count = (int)Math.Min(10_000, DescriptorLimit.Read() - 1000); // each is a descriptor here
        Task<GuestResult> pings = lab.Guest.RunAsync($"ping -q -i 0.05 -c 200 -W 5 {lab.Gateway}", TimeSpan.FromSeconds(60));
        await FloodAsync(lab.Home, count, connections: 512);
        GuestResult pinged = await pings;
        said.WriteLine(pinged.Text);
        Assert.Contains(" 0% packet loss", pinged.Text);
    }

    [Scene(Needs.Tap | Needs.Root)]
    public async Task Where_few_descriptors_are_allowed_fewer_are_served_at_a_time()
    {
        await using LoadStage stage = await LoadStage.UpAsync(guests: 2, descriptors: 512);
        await FloodAsync(stage.Home, 2000, connections: 128);
    }

    private async Task FloodAsync(WeftHome home, int count, int connections)
    {
        string socket = new HomeFolder(home.Home).ApiSocket;
        StatusDocument before = await home.StatusAsync();
        Footprint calm = Footprint.Of(before.DaemonPid);
        using CancellationTokenSource over = new();
        Task<Footprint> most = MostAsync(before.DaemonPid, over.Token);
        Stopwatch time = Stopwatch.StartNew();
        ApiFlood flood = await ApiFlood.RunAsync(socket, count, Mix).WaitAsync(TimeSpan.FromMinutes(3));
        TimeSpan took = time.Elapsed;
        time.Restart();
        StatusDocument after = await home.StatusAsync();
        TimeSpan status = time.Elapsed;
        await over.CancelAsync();
        Footprint peak = await most;

        said.WriteLine($"{count} in {took.TotalSeconds:0.0} s: {flood.Done} answered, {flood.Refused} refused; status after in {status.TotalSeconds:0.0} s; " +
            $"weftd {calm.ResidentKib} KiB, {calm.Descriptors} descriptors before, {peak.ResidentKib} and {peak.Descriptors} at most");
        Assert.Empty(flood.Other);
        Assert.Equal(count, flood.Done + flood.Refused);
        Assert.True(flood.Done > count / 2, "what only reads is not refused");
        Assert.InRange(peak.Descriptors - calm.Descriptors, 0, connections + Others);
        Assert.InRange(peak.ResidentKib - calm.ResidentKib, 0, MostGrownKib);
        Assert.InRange(status, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal((before.DaemonPid, before.Worker.Pid, 0), (after.DaemonPid, after.Worker.Pid, after.Worker.Restarts));
    }

    private static async Task<Footprint> MostAsync(int pid, CancellationToken over)
    {
        Footprint most = Footprint.Of(pid);
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(50, CancellationToken.None);
            Footprint now = Footprint.Of(pid);
            most = new Footprint(Math.Max(most.Descriptors, now.Descriptors), Math.Max(most.ResidentKib, now.ResidentKib), now.CpuSeconds);
        }
        return most;
    }
}
