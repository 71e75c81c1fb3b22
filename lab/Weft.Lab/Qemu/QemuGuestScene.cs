using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Qemu;

/// <summary>A guest in QEMU by vhost-user, attached by the lines that Weft prints, where Weft listens.</summary>
public sealed class QemuGuestScene
{
    private const long Bytes = 32 << 20;
    private const string Topology = "networks: { lab: nat-network }\nvms: { alpha: [{ net: lab, attach: vhost-user }], beta: [{ net: lab, attach: vhost-user }] }\n";

    /// <summary>QEMU looks for a back end that went once a second.</summary>
    private const double Redial = 10;

    [Scene(Needs.Qemu | Needs.Uml), Trait("Tier", "ci")]
    public async Task It_gets_an_address_reaches_its_neighbour_and_the_host_and_its_cable_can_be_pulled()
    {
        await using DemoWebServer server = new(Bytes);
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        Task<QemuGuest> booting = home.BootQemuAsync("alpha");
        UmlGuest beta = await home.BootAsync("beta");
        QemuGuest alpha = await booting;
        GuestLease lease = await alpha.Lease;
        await alpha.PingAsync((await beta.Lease).Address);
        await beta.PingAsync(lease.Address);
        Assert.Equal(DemoWebServer.Page.Trim(), await alpha.MustAsync($"wget -q -O - http://{lease.Gateway}:{server.Port}/"));
        Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), await alpha.FetchAsync(lease.Gateway, server));

        await home.Weft.RunAsync("nic", "unplug", "alpha:1");
        await alpha.CarrierAsync(on: false);
        Assert.False((await alpha.RunAsync($"ping -c 1 -W 1 {lease.Gateway}")).Ok);
        await home.Weft.RunAsync("nic", "plug", "alpha:1");
        await alpha.CarrierAsync(on: true, Redial);
        await alpha.PingAsync(lease.Gateway);
    }

    [Scene(Needs.Qemu), Trait("Tier", "ci")]
    public async Task A_transfer_survives_the_death_of_the_worker()
    {
        await using DemoWebServer server = new(4 * Bytes);
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        QemuGuest alpha = await home.BootQemuAsync("alpha");
        string gateway = (await alpha.Lease).Gateway, life = await alpha.LifeAsync();
        Task<string> fetch = alpha.FetchAsync(gateway, server, seconds: 180);
        for (int kill = 1; kill <= 3; kill++)
        {
            await Eventually.Async(() => server.PatternSent > kill * Bytes / 2, "a part of the page");
            await home.KillWorkerAsync();
        }

        Assert.False(fetch.IsCompleted, "the page was there before the last kill");
        Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, 4 * Bytes), await fetch);
        Assert.Equal(life, await alpha.LifeAsync());
        await home.Weft.RunAsync("nic", "unplug", "alpha:1");
        await alpha.CarrierAsync(on: false);
    }

    [Scene(Needs.Qemu), Trait("Tier", "long")]
    public async Task It_uses_two_queues()
    {
        await using DemoWebServer server = new(Bytes);
        await using WeftHome home = await WeftHome.UpAsync(Topology.Replace("alpha: [{ net: lab, attach: vhost-user }", "alpha: [{ net: lab, vhost-user: { queues: 2 } }"));
        QemuGuest alpha = await home.BootQemuAsync("alpha", processors: 2);
        Assert.Equal("rx-0\nrx-1\ntx-0\ntx-1", await alpha.MustAsync("ls /sys/class/net/eth0/queues"));

        // Several flows at once: each stays on one pair, and both pairs carry some.
        string gateway = (await alpha.Lease).Gateway;
        string[] hashes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => alpha.FetchAsync(gateway, server, seconds: 180)));
        Assert.All(hashes, hash => Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), hash));
        await home.KillWorkerAsync();
        Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), await alpha.FetchAsync(gateway, server, seconds: 180));
    }

    [Scene(Needs.Qemu), Trait("Tier", "long")]
    public async Task A_warm_reboot_begins_the_card_anew()
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        QemuGuest alpha = await home.BootQemuAsync("alpha");
        string gateway = (await alpha.Lease).Gateway;
        for (int i = 0; i < 2; i++)
        {
            await alpha.RebootAsync(TimeSpan.FromSeconds(120));
            await alpha.MustAsync($"until ping -c 1 -W 2 {gateway}; do sleep 0.2; done");
        }
    }

    [Scene(Needs.Qemu), Trait("Tier", "long")]
    public async Task A_guest_that_is_halted_goes_on_where_it_was()
    {
        await using DemoWebServer server = new(Bytes);
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        QemuGuest alpha = await home.BootQemuAsync("alpha");
        Task<string> fetch = alpha.FetchAsync((await alpha.Lease).Gateway, server, seconds: 180);
        using QemuMonitor monitor = await alpha.MonitorAsync();
        for (int halt = 1; halt <= 3; halt++)
        {
            await Eventually.Async(() => server.PatternSent > halt * Bytes / 8, "a part of the page");
            await monitor.RunAsync("stop");
            await Task.Delay(300);
            Assert.False(fetch.IsCompleted);
            await monitor.RunAsync("cont");
        }

        Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), await fetch);
    }
}
