using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Model.Api;

namespace Weft.Lab.Services;

/// <summary>A router for each nat NIC, an internal network by its default name, and NICs that move from one to the other.</summary>
public sealed class ModesScene
{
    [Scene(Needs.Tap)]
    public async Task Each_nat_NIC_has_a_router_of_its_own()
    {
        await using NamespaceGuest first = await NamespaceGuest.CreateAsync();
        await using NamespaceGuest second = await NamespaceGuest.CreateAsync();
        await using WeftHome home = await WeftHome.UpAsync($"""
            networks: {"{ out: nat }"}
            vms:
              alpha: [{Nic("out", "wl1", first)}, {Nic("out", "wl2", first)}]
              beta: [{Nic("out", "wl1", second)}]
            """);
        GuestLease one = await first.DhcpAsync("wl1"), two = await first.DhcpAsync("wl2"), other = await second.DhcpAsync("wl1");
        Assert.Equal(("10.0.2.15", "10.0.2.2", "10.0.2.3"), (one.Address, one.Gateway, one.Dns));
        Assert.Equal(("10.0.3.15", "10.0.3.2"), (two.Address, two.Gateway));
        Assert.Equal(one, other); // the same address in another network

        await second.MustAsync("busybox ping -c 2 -W 3 10.0.2.2");
        Assert.False((await first.RunAsync("busybox ping -c 1 -W 1 10.0.2.16")).Ok);
        StatusDocument status = await home.StatusAsync();
        Assert.Equal(3, status.Networks.Length);
        Assert.All(status.Networks, n => Assert.Single(n.Ports));
    }

    [Scene(Needs.Tap)]
    public async Task An_internal_network_is_made_by_use_and_gives_addresses_when_asked_to()
    {
        await using NamespaceGuest first = await NamespaceGuest.CreateAsync();
        await using NamespaceGuest second = await NamespaceGuest.CreateAsync();
        string vms = $"vms: {{ alpha: [{Nic("intnet", "wl1", first)}], beta: [{Nic("intnet", "wl1", second)}] }}\n";
        await using WeftHome home = await WeftHome.UpAsync(vms);
        Assert.Equal(("intnet", "internal"), (await home.StatusAsync()).Networks is [var network] ? (network.Name, network.Mode) : default);
        await first.MustAsync("ip address add 10.9.0.1/24 dev wl1; ip link set wl1 up");
        await second.MustAsync("ip address add 10.9.0.2/24 dev wl1; ip link set wl1 up");
        await first.MustAsync("busybox ping -c 3 -W 3 10.9.0.2");

        await home.ApplyAsync("networks: { intnet: { mode: internal, dhcp: on, subnet: 10.9.1.0/24 } }\n" + vms);
        GuestLease one = await first.DhcpAsync("wl1"), two = await second.DhcpAsync("wl1");
        Assert.StartsWith("10.9.1.", one.Address);
        Assert.Equal("", one.Gateway);
        await first.MustAsync($"busybox ping -c 3 -W 3 {two.Address}");
    }

    [Scene(Needs.Tap)]
    public async Task A_NIC_moves_to_another_network_with_its_carrier_shown()
    {
        await using NamespaceGuest guest = await NamespaceGuest.CreateAsync();
        string Topology(string net) => $"networks: {{ one: {{ mode: nat-network, subnet: 10.31.0.0/24 }}, two: {{ mode: nat-network, subnet: 10.32.0.0/24 }} }}\nvms: {{ alpha: [{Nic(net, "wl1", guest)}] }}\n";
        await using WeftHome home = await WeftHome.UpAsync(Topology("one"));
        Assert.StartsWith("10.31.0.", (await guest.DhcpAsync("wl1")).Address);
        string index = await guest.MustAsync("cat /sys/class/net/wl1/ifindex 2>/dev/null || ip -o link show wl1 | cut -d: -f1");

        await home.ApplyAsync(Topology("two"));
        await guest.MustAsync("ip address flush dev wl1");
        Assert.StartsWith("10.32.0.", (await guest.DhcpAsync("wl1")).Address);
        Assert.Equal(index, await guest.MustAsync("cat /sys/class/net/wl1/ifindex 2>/dev/null || ip -o link show wl1 | cut -d: -f1"));
    }

    private static string Nic(string network, string tap, NamespaceGuest guest) =>
        $"{{ net: {network}, attach: tap, tap: {{ name: {tap}, netns: \"{guest.Reference}\" }} }}";
}
