using System.Net;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Streams;

namespace Weft.Lab.Scenes;

/// <summary>Guests behind TAPs in namespaces, as root or as an ordinary user: what a container or a Firecracker VM sees.</summary>
public sealed class TapGuestScene
{
    [Scene(Needs.Tap)]
    public async Task It_reaches_the_host_by_TCP_and_UDP_and_its_neighbour()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2);
        await lab.Guest.MustAsync($"busybox ping -c 3 -W 3 {lab.Leases[1].Address}");
        await lab.Guest.MustAsync($"busybox ping -c 3 -W 3 {lab.Gateway}");
        Assert.Equal("200", await lab.Guest.StreamToolAsync($"echo {lab.Gateway} {server.Port} 200 1000"));
        foreach (string direction in new[] { "get", "put" })
        {
            StreamReport report = StreamReport.Parse(await lab.Guest.StreamToolAsync($"{direction} {lab.Gateway} {server.Port} {64 << 20}"));
            Assert.True(report.Right, report.ToString());
        }
    }

    [Scene(Needs.Tap)]
    public async Task Datagrams_come_in_through_a_forward()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        await lab.Guest.ServeAsync("0.0.0.0", 7000);
        int port = FreePort.Tcp();
        await lab.Home.Weft.RunAsync("forward", "add", $"{port}:vm1:7000/udp");
        Assert.Equal(100, await DatagramClient.EchoedAsync(new IPEndPoint(IPAddress.Loopback, port), 100, 1200));
    }

    [Scene(Needs.Tap)]
    public async Task Unplugging_its_cable_takes_the_carrier_and_plugging_brings_it_back()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        Assert.True(await Carrier(lab));

        await lab.Home.Weft.RunAsync("nic", "unplug", "vm1:1");
        Assert.False(await Carrier(lab));
        GuestResult ping = await lab.Guest.RunAsync($"busybox ping -c 1 -W 1 {lab.Gateway}");
        Assert.False(ping.Ok, ping.Output);

        await lab.Home.Weft.RunAsync("nic", "plug", "vm1:1");
        Assert.True(await Carrier(lab));
        await lab.Guest.MustAsync($"busybox ping -c 5 -W 3 {lab.Gateway}");
    }

    [Scene(Needs.Tap | Needs.Dhclient)]
    public async Task Two_DHCP_clients_of_different_authors_get_the_same_address()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        GuestLease again = await lab.Guest.DhclientAsync(NamespaceHost.Tap(0), lab.Home.Folder);
        Assert.Equal((lab.Leases[0].Address, lab.Gateway), (again.Address, again.Gateway));
    }

    private static async Task<bool> Carrier(NamespaceHost lab)
    {
        // Carrier is news to the guest's kernel within a moment; 1 s is the promise.
        string link = await lab.Guest.MustAsync($"sleep 0.5; ip link show {NamespaceHost.Tap(0)}");
        return link.Contains("LOWER_UP");
    }
}
