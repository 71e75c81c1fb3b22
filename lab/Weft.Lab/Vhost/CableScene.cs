using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Vhost;

/// <summary>The cable of a vhost-user card, as a guest sees it that is told of changes: its driver reads the link state anew.</summary>
public sealed class CableScene
{
    private const long Bytes = 64 << 20;
    private const string Way = "vhost-user";

    [Scene(Needs.Uml)]
    public async Task Unplugging_takes_the_carrier_and_stops_traffic_and_plugging_lets_it_go_on()
    {
        await using DemoWebServer server = new(Bytes);
        await using UmlHost lab = await UmlHost.UpAsync(Way, "alpha");
        UmlGuest alpha = lab["alpha"];
        Task<string> fetch = alpha.FetchAsync(lab.Gateway, server);
        await Eventually.Async(() => server.PatternSent > Bytes / 16, "a part of the page");

        await lab.Home.Weft.RunAsync("nic", "unplug", "alpha:1");
        await alpha.CarrierAsync(on: false);
        Assert.False((await alpha.RunAsync($"busybox ping -c 1 -W 1 {lab.Gateway}")).Ok);
        long stopped = server.PatternSent;
        await Task.Delay(300);
        Assert.Equal(stopped, server.PatternSent);
        Assert.InRange(stopped, 1, Bytes - 1);

        await lab.Home.Weft.RunAsync("nic", "plug", "alpha:1");
        await alpha.CarrierAsync(on: true);
        Assert.Equal(PatternStream.Hash(DemoWebServer.Seed, Bytes), await fetch);
    }

    [Scene(Needs.Uml)]
    public async Task A_card_that_boots_with_its_cable_out_gets_carrier_with_the_plug()
    {
        await using WeftHome home = await WeftHome.UpAsync("networks: { lab: nat-network }\nvms: { alpha: [{ net: lab, attach: vhost-user, plugged: no }] }\n");
        UmlGuest alpha = await home.BootAsync("alpha", "10.9.0.1/24");
        await alpha.CarrierAsync(on: false);
        await home.Weft.RunAsync("nic", "plug", "alpha:1");
        await alpha.CarrierAsync(on: true);
    }

    [Scene(Needs.Uml)]
    public async Task A_cable_that_was_out_when_the_worker_died_is_out_after_it()
    {
        await using UmlHost lab = await UmlHost.UpAsync(Way, "alpha");
        UmlGuest alpha = lab["alpha"];
        await lab.Home.Weft.RunAsync("nic", "unplug", "alpha:1");
        await alpha.CarrierAsync(on: false);
        await lab.Home.KillWorkerAsync();
        await alpha.CarrierAsync(on: false);
        Assert.False((await alpha.RunAsync($"busybox ping -c 1 -W 1 {lab.Gateway}")).Ok);

        await lab.Home.Weft.RunAsync("nic", "plug", "alpha:1");
        await alpha.CarrierAsync(on: true);
        await alpha.PingAsync(lab.Gateway);
    }

    [Scene(Needs.Uml)]
    public async Task A_card_moves_to_another_network_and_back_without_a_new_boot()
    {
        string Topology(string net) => "networks: { one: { mode: nat-network, subnet: 10.31.0.0/24 }, two: { mode: nat-network, subnet: 10.32.0.0/24 } }\n" +
            $"vms: {{ alpha: [{{ net: {net}, attach: vhost-user }}] }}\n";
        await using WeftHome home = await WeftHome.UpAsync(Topology("one"));
        UmlGuest alpha = await home.BootAsync("alpha");
        Assert.StartsWith("10.31.0.", (await alpha.Lease).Address);
        string life = await alpha.LifeAsync();

        foreach ((string net, string subnet) in new[] { ("two", "10.32.0."), ("one", "10.31.0.") })
        {
            await home.ApplyAsync(Topology(net));
            string gateway = await alpha.AskAgainAsync();
            Assert.StartsWith(subnet, gateway);
            await alpha.PingAsync(gateway);
        }

        Assert.Equal(life, await alpha.LifeAsync());
    }
}
