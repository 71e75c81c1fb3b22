using Weft.Cli.Demo;
using Weft.Model.Api;

namespace Weft.Lab.Vhost;

/// <summary>DPDK's driver for virtio, in a process of its own: the front end that is least like a hypervisor's.</summary>
public sealed class TestpmdScene
{
    private const int Kills = 5;
    private const int Restarts = 20;
    private const string Topology = "networks: { lab: internal }\nvms: { alpha: [{ net: lab, attach: vhost-user }], beta: [{ net: lab, attach: vhost-user }] }\n";

    [Scene(Needs.Dpdk), Trait("Tier", "long")]
    public async Task It_does_not_notice_that_the_worker_died()
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        await using TestpmdGuest guest = await TestpmdGuest.StartAsync(await PortsAsync(home));
        await CirculatesAsync(home, guest);
        for (int kill = 0; kill < Kills; kill++)
        {
            await home.KillWorkerAsync();
            await CirculatesAsync(home, guest);
        }

        Assert.False(guest.HasEnded);
    }

    [Scene(Needs.Dpdk), Trait("Tier", "long")]
    public async Task Its_cable_can_be_pulled_where_it_listens()
    {
        await using WeftHome home = new();
        await home.ApplyAsync("networks: { lab: internal }\nvms:\n" + string.Concat(((string[])["alpha", "beta"]).Select(vm =>
            $"  {vm}: [{{ net: lab, vhost-user: {{ role: client, socket: {home.Folder.File(vm)} }} }}]\n")));
        await using TestpmdGuest guest = await TestpmdGuest.StartAsync(await PortsAsync(home), listens: true);
        await CirculatesAsync(home, guest);
        for (int pull = 0; pull < 3; pull++)
        {
            await home.Weft.RunAsync("nic", "unplug", "alpha:1");
            await UntilAsync(home, guest, ports => !ports[0].Up, "no carrier");
            long stopped = (await PortsAsync(home))[0].FramesIn;
            guest.Send();
            await Task.Delay(300);
            Assert.Equal(stopped, (await PortsAsync(home))[0].FramesIn);
            await home.Weft.RunAsync("nic", "plug", "alpha:1");
            await UntilAsync(home, guest, ports => ports[0].Up, "carrier");
            guest.Send();
            await CirculatesAsync(home, guest);
        }

        Assert.False(guest.HasEnded);
    }

    [Scene(Needs.Dpdk), Trait("Tier", "long")]
    public async Task A_front_end_that_restarts_twenty_times_leaves_nothing()
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        await LiveAsync(home);
        int worker = (await home.StatusAsync()).Worker.Pid, keeper = Assert.Single(HomeProcesses.Find(home.Home, "keeper"));
        string workers = Holdings.Of(worker), keepers = Holdings.Of(keeper);
        for (int i = 0; i < Restarts; i++)
        {
            await LiveAsync(home);
        }

        Assert.Equal((workers, keepers), (Holdings.Of(worker), Holdings.Of(keeper)));
        Assert.Equal(worker, (await home.StatusAsync()).Worker.Pid);
    }

    /// <summary>It comes, frames circulate, and it is killed.</summary>
    private static async Task LiveAsync(WeftHome home)
    {
        await using (TestpmdGuest guest = await TestpmdGuest.StartAsync(await PortsAsync(home)))
        {
            await CirculatesAsync(home, guest);
        }

        await UntilAsync(home, null, ports => ports.All(p => !p.Up), "nobody");
    }

    /// <summary>Another thousand frames pass, in each direction.</summary>
    private static async Task CirculatesAsync(WeftHome home, TestpmdGuest guest)
    {
        long[] before = [.. (await PortsAsync(home)).Select(p => p.FramesIn)];
        await UntilAsync(home, guest, ports => ports.Zip(before).All(p => p.First.FramesIn >= p.Second + 1000), "frames that circulate");
    }

    private static async Task UntilAsync(WeftHome home, TestpmdGuest? guest, Func<PortDocument[], bool> good, string what)
    {
        PortDocument[] ports = await PortsAsync(home);
        for (int look = 0; look < 200 && !good(ports); look++)
        {
            await Task.Delay(50);
            ports = await PortsAsync(home);
        }

        Assert.True(good(ports), $"waited for {what}, last saw {string.Join(", ", ports.Select(p => $"{p.Name} {(p.Up ? "up" : "down")} in {p.FramesIn} out {p.FramesOut}"))}; it said: {guest?.Said}");
    }

    private static async Task<PortDocument[]> PortsAsync(WeftHome home) => (await home.StatusAsync()).Networks.Single().Ports;
}
