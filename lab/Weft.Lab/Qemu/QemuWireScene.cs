using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Model.Api;

namespace Weft.Lab.Qemu;

/// <summary>Guests at QEMU's own wires: no shared memory, no right, one system call a frame.</summary>
public sealed class QemuWireScene
{
    private const long Bytes = 64 << 20;

    [Scenes(Needs.Firmware), InlineData("unix"), InlineData("dgram")]
    public Task The_firmware_of_a_card_gets_an_address(string wire) => FirmwareAsync(wire);

    [Scenes(Needs.Firmware), InlineData("tcp"), InlineData("socket"), InlineData("qemu-listens"), InlineData("qemu-listens-tcp"), InlineData("udp"), InlineData("socket-udp"), Trait("Tier", "ci")]
    public Task And_so_does_that_of_every_other_wire(string wire) => FirmwareAsync(wire);

    [Scenes(Needs.Firmware), InlineData("e1000-82545em"), InlineData("e1000-82544gc"), InlineData("pcnet"), InlineData("virtio-net-pci"), Trait("Tier", "ci")]
    public Task And_so_does_that_of_every_card(string card) => FirmwareAsync("unix", card);

    [Scenes(Needs.Qemu), InlineData("unix"), InlineData("tcp"), InlineData("qemu-listens"), InlineData("dgram"), InlineData("udp"), Trait("Tier", "ci")]
    public async Task A_guest_outlives_workers_and_a_worker_outlives_guests(string wire)
    {
        await using DemoWebServer server = new(Bytes);
        await using WeftHome home = new();
        QemuWire way = QemuWire.Of(wire);
        await home.ApplyAsync(way.Topology(home));
        PortDocument port = await PortAsync(home);
        await using (QemuGuest alpha = await home.BootQemuAsync("alpha", way.LinesAt(port)))
        {
            GuestLease lease = await alpha.Lease;
            await FetchPageAsync(alpha, lease, server);
            Task<string> fetch = alpha.FetchAsync(lease.Gateway, server, seconds: 180);
            for (int kill = 1; kill <= 2; kill++)
            {
                await Eventually.Async(() => server.PatternSent > kill * Bytes / 16, "a part of the page");
                await home.KillWorkerAsync();
            }

            Assert.False(fetch.IsCompleted, "the page was there before the last kill");
            Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), await fetch);

            await home.Weft.RunAsync("nic", "unplug", "alpha:1");
            Assert.False((await alpha.RunAsync($"ping -c 1 -W 1 {lease.Gateway}")).Ok);
            await home.Weft.RunAsync("nic", "plug", "alpha:1");
            await alpha.PingAsync(lease.Gateway);
        }

        QemuGuest next = await home.BootQemuAsync("alpha", way.LinesAt(port));
        await FetchPageAsync(next, await next.Lease, server);
        PortDocument last = await PortAsync(home);
        Assert.DoesNotContain("half-sent", last.DropsByReason.Keys);
        Assert.DoesNotContain("bad-length", last.DropsByReason.Keys);
    }

    [Scenes(Needs.Qemu), InlineData("e1000"), InlineData("e1000-82545em"), InlineData("e1000-82544gc"), InlineData("pcnet"), Trait("Tier", "ci")]
    public async Task A_guest_with_an_older_card_fetches_a_page(string model)
    {
        await using DemoWebServer server = new(1 << 20);
        await using WeftHome home = await WeftHome.UpAsync($"networks: {{ lab: nat-network }}\nvms: {{ alpha: [{{ net: lab, model: {model} }}] }}\n");
        QemuGuest alpha = await home.BootQemuAsync("alpha");
        GuestLease lease = await alpha.Lease;
        await FetchPageAsync(alpha, lease, server);
        Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, 1 << 20), await alpha.FetchAsync(lease.Gateway, server));
    }

    [Scenes(Needs.Qemu), InlineData("unix"), InlineData("qemu-listens-tcp"), InlineData("dgram"), Trait("Tier", "ci")]
    public async Task A_guest_moves_to_a_network_on_the_other_lane(string wire)
    {
        await using WeftHome home = new();
        QemuWire way = QemuWire.Of(wire);
        string red = way.Topology(home).Replace("networks: { lab: nat-network }",
            "networks: { lab: { mode: nat-network, subnet: 10.41.0.0/24 }, blue: { mode: nat-network, subnet: 10.42.0.0/24 } }");
        await home.ApplyAsync(red, "--lanes", "2");
        PortDocument port = (await home.StatusAsync()).Networks.SelectMany(n => n.Ports).Single();
        QemuGuest alpha = await home.BootQemuAsync("alpha", way.LinesAt(port));
        for (int i = 0; i < 2; i++)
        {
            await home.ApplyAsync(red.Replace("net: lab", "net: blue"));
            Assert.Equal("10.42.0.1", await alpha.AskAgainAsync());
            await home.KillWorkerAsync();
            await alpha.PingAsync("10.42.0.1");
            await home.ApplyAsync(red);
            Assert.Equal("10.41.0.1", await alpha.AskAgainAsync());
        }
    }

    private static async Task FetchPageAsync(QemuGuest guest, GuestLease lease, DemoWebServer server)
    {
        await guest.PingAsync(lease.Gateway);
        Assert.Equal(DemoWebServer.Page.Trim(), await guest.MustAsync($"wget -q -O - http://{lease.Gateway}:{server.Port}/"));
    }

    private static async Task FirmwareAsync(string wire, string card = "e1000")
    {
        await using WeftHome home = new();
        QemuWire way = QemuWire.Of(wire);
        await home.ApplyAsync(way.Topology(home));
        PortDocument port = await PortAsync(home);
        await using FirmwareGuest guest = new(way.NetdevAt(port), port.Mac, card);
        for (int look = 0; look < 300 && (port = await PortAsync(home)).Address is null; look++)
        {
            Assert.True(guest.Runs, "QEMU has ended");
            await Task.Delay(200);
        }

        Assert.True(port.Address is not null, $"no address for the firmware; frames in {port.FramesIn}, out {port.FramesOut}. {home.Logs()}");
        Assert.True(port.Up);
    }

    private static async Task<PortDocument> PortAsync(WeftHome home) => (await home.StatusAsync()).Networks.Single().Ports.Single();
}
