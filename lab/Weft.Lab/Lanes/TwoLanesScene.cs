using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Survival;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Lanes;

/// <summary>
/// Two networks on two lanes of one worker. Guests of both work at the same time and survive the worker's death; a guest
/// moves to a network on the other lane with its connection to us.
/// </summary>
public sealed class TwoLanesScene(ITestOutputHelper output)
{
    private const int Memory = 256;

    [Scene(Needs.Uml)]
    public async Task Guests_on_two_lanes_do_not_notice_that_the_worker_died()
    {
        int port = FreePort.Tcp();
        using Tool server = Tool.OnHost($"serve 127.0.0.1 {port}");
        Assert.Equal("serving", await server.NextAsync(TimeSpan.FromSeconds(20)));
        await using WeftHome home = await UpAsync(Topology("red", "vhost-user"));
        UmlGuest[] guests = await Task.WhenAll(home.BootAsync("alpha", memoryMiB: Memory), home.BootAsync("beta", memoryMiB: Memory));
        string[] lives = await Task.WhenAll(guests.Select(guest => guest.LifeAsync()));

        LoadOrder streams = new(Flows: 2, LeastBytes: 2 << 20, MostBytes: 8 << 20, Alternate: true, Seed: 1);
        Task<string>[] loads = [.. guests.Select(guest => GuestLoad.StartAsync(guest, port, streams))];
        await Task.Delay(2000); // the streams run
        using WorkerWatch workers = await WorkerWatch.OpenAsync(home.Home);
        Killer killer = new(workers, seed: 3);
        await killer.RunAsync(4, Task.WhenAny(loads));
        await Task.WhenAll(guests.Select(guest => GuestLoad.EndAsync(guest)));

        foreach (string said in await Task.WhenAll(loads))
        {
            output.WriteLine($"{killer}; {said}");
            LoadReport report = GuestLoad.Report(said);
            Assert.Equal(0, report.Failed);
            Assert.True(report.Right > 0, said);
        }

        StatusDocument status = await home.StatusAsync();
        output.WriteLine(string.Join("; ", status.Worker.Lanes.Select(lane => $"lane {lane.Number}: {lane.Frames} frames in {lane.Bursts} bursts")));
        Assert.Equal([0, 1], status.Worker.Lanes.Select(lane => lane.Number));
        Assert.All(status.Worker.Lanes, lane => Assert.True(lane.Frames > 100, $"lane {lane.Number} moved {lane.Frames} frames"));
        Assert.Equal((4, 0L), (killer.Kills, status.Worker.FlowsLost));
        Assert.Equal(lives, await Task.WhenAll(guests.Select(guest => guest.LifeAsync())));
    }

    [Scenes(Needs.Uml), WaysIn]
    public async Task A_guest_moves_to_a_network_on_the_other_lane(string way)
    {
        await using WeftHome home = await UpAsync(Topology("red", way));
        UmlGuest alpha = await home.BootAsync("alpha"), beta = await home.BootAsync("beta");
        string life = await alpha.LifeAsync();
        GuestLease neighbour = await beta.Lease;

        for (int i = 0; i < 2; i++)
        {
            await home.ApplyAsync(Topology("blue", way));
            Assert.Equal(neighbour.Gateway, await alpha.AskAgainAsync());
            await alpha.PingAsync(neighbour.Address);
            await beta.PingAsync(await AddressAsync(alpha));
            await home.KillWorkerAsync();
            await alpha.PingAsync(neighbour.Address);

            await home.ApplyAsync(Topology("red", way));
            await alpha.PingAsync(await alpha.AskAgainAsync());
            Assert.False((await alpha.RunAsync($"busybox ping -c 1 -W 1 {neighbour.Address}")).Ok);
        }

        Assert.Equal(life, await alpha.LifeAsync());
        Assert.Equal([0, 1], (await home.StatusAsync()).Worker.Lanes.Select(lane => lane.Number));
    }

    [Scene(Needs.Tap)]
    public async Task A_TAP_moves_to_a_network_on_the_other_lane()
    {
        await using NamespaceGuest guest = await NamespaceGuest.CreateAsync();
        string Topology(string network) => $"networks: {{ one: {{ mode: nat-network, subnet: 10.31.0.0/24 }}, two: {{ mode: nat-network, subnet: 10.32.0.0/24 }} }}\n" +
            $"vms: {{ alpha: [{{ net: {network}, attach: tap, tap: {{ name: wl1, netns: \"{guest.Reference}\" }} }}] }}\n";
        await using WeftHome home = await UpAsync(Topology("one"));
        Assert.StartsWith("10.31.0.", (await guest.DhcpAsync("wl1")).Address);
        foreach ((string network, string start) in ((string, string)[])[("two", "10.32.0."), ("one", "10.31.0."), ("two", "10.32.0.")])
        {
            await home.ApplyAsync(Topology(network));
            await guest.MustAsync("ip address flush dev wl1");
            GuestLease lease = await guest.DhcpAsync("wl1");
            Assert.StartsWith(start, lease.Address);
            await guest.MustAsync($"busybox ping -c 3 -W 5 {lease.Gateway}");
        }
    }

    private static Task<WeftHome> UpAsync(string topology) => WeftHome.UpAsync(topology, "--lanes", "2");

    private static string Topology(string alphasNetwork, string way) => $$"""
        networks:
          red: { mode: nat-network, subnet: 10.41.0.0/24 }
          blue: { mode: nat-network, subnet: 10.42.0.0/24 }
        vms:
          alpha: [{ net: {{alphasNetwork}}, attach: {{way}} }]
          beta: [{ net: blue, attach: vhost-user }]

        """;

    private static async Task<string> AddressAsync(UmlGuest guest) =>
        (await guest.MustAsync("busybox ip -4 -o address show scope global")).Split("inet ")[1].Split('/')[0];
}
