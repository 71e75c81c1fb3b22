using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Model.Api;

namespace Weft.Lab.Qemu;

/// <summary>
/// A guest is moved to another QEMU while it runs: another port of the same network, with the same card. What Weft writes into
/// its memory meanwhile is noted in a log, or the target would miss it; who looks for it afterwards finds it at its new port.
/// </summary>
public sealed class QemuMigrationScene
{
    private const long Bytes = 64 << 20;
    private const string Topology = "networks: { lab: nat-network }\nvms: { alpha: [{ net: lab, attach: vhost-user }], next: [{ net: lab, attach: vhost-user }], beta: [{ net: lab, attach: vhost-user }] }\n";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Scene(Needs.Qemu | Needs.Uml), Trait("Tier", "long")]
    public async Task A_guest_that_is_silent_is_found_at_its_new_port()
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        Task<UmlGuest> booting = home.BootAsync("beta");
        QemuGuest alpha = await home.BootQemuAsync("alpha");
        UmlGuest beta = await booting;
        string address = (await alpha.Lease).Address, life = await alpha.LifeAsync();
        await beta.PingAsync(address);
        await alpha.MustAsync("no=/proc/sys/net/ipv6/conf/all/disable_ipv6; [ ! -e $no ] || echo 1 >$no");
        QemuGuest next = await home.AwaitQemuAsync("next", "alpha");
        await alpha.MoveToAsync(next, Limit);

        // The guest has nothing to say, and nobody speaks to it: what comes from there is the announcement.
        PortDocument port = PortOf(await home.StatusAsync(), "next:1");
        for (int look = 0; look < 100 && port.FramesIn == 0; look++)
        {
            await Task.Delay(100);
            port = PortOf(await home.StatusAsync(), "next:1");
        }

        Assert.True(port.FramesIn > 0, "nothing tells the network where the guest is now");
        await beta.PingAsync(address);
        await alpha.DisposeAsync();
        await beta.PingAsync(address);
        Assert.Equal(life, await next.LifeAsync());
    }

    [Scene(Needs.Qemu | Needs.Uml), Trait("Tier", "long")]
    public async Task A_guest_under_traffic_goes_on_with_every_byte_right()
    {
        await using DemoWebServer server = new(Bytes);
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        Task<UmlGuest> booting = home.BootAsync("beta");
        QemuGuest alpha = await home.BootQemuAsync("alpha");
        UmlGuest beta = await booting;
        GuestLease lease = await alpha.Lease;
        string life = await alpha.LifeAsync(), page = $"http://{lease.Gateway}:{server.Port}/pattern";
        QemuGuest next = await home.AwaitQemuAsync("next", "alpha");
        Task<string> ping = beta.MustAsync($"ping -i 0.2 {lease.Address} >/run/ping & until [ -e /run/end ]; do sleep 0.1; done; kill -INT $!; wait; tail -n 3 /run/ping", Limit);

        // One page lies in the guest's socket, in buffers that Weft filled, and is read on the other side. One trickles all the time.
        await alpha.MustAsync($"(wget -q -O - {page} | (until [ -e /run/go ]; do sleep 0.2; done; sha256sum >/run/held)) >/dev/null 2>&1 &");
        await Eventually.Async(() => server.PatternSent > 1 << 20, "the page that is held");
        await alpha.MustAsync($"(wget -q -O - {page} | (until [ -e /run/go ]; do dd bs=64k count=1; sleep 0.1; done; cat) | sha256sum >/run/streamed) >/dev/null 2>&1 &");
        await Eventually.Async(() => server.PatternSent > 8 << 20, "a part of the stream");
        await alpha.MoveToAsync(next, Limit);
        Assert.True(server.PatternSent < 2 * Bytes, "the pages were sent before the guest had moved");
        await alpha.DisposeAsync();

        await next.MustAsync("touch /run/go; until [ -s /run/held ] && [ -s /run/streamed ]; do sleep 0.2; done", Limit);
        string right = PatternStream.Hash(DemoWebServer.Seed, Bytes);
        Assert.Equal((right, right), (await HashAsync(next, "held"), await HashAsync(next, "streamed")));
        Assert.Equal(life, await next.LifeAsync());
        await beta.MustAsync("touch /run/end");
        Assert.DoesNotContain(" 0 received", await ping);
        await beta.PingAsync(lease.Address);
        Assert.True(PortOf(await home.StatusAsync(), "next:1").Up);
    }

    private static PortDocument PortOf(StatusDocument status, string name) => status.Networks.Single().Ports.Single(p => p.Name == name);

    private static async Task<string> HashAsync(QemuGuest guest, string file) => (await guest.MustAsync($"cat /run/{file}")).Split(' ')[0];
}
