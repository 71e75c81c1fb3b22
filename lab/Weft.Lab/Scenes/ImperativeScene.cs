using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Scenes;

/// <summary>A guest whose whole network is made, stopped, changed and taken away by commands while it runs.</summary>
public sealed class ImperativeScene
{
    [Scenes(Needs.Uml)]
    [InlineData("seqpacket")]
    [InlineData("vhost-user")]
    public async Task A_network_is_made_stopped_left_and_removed_under_a_running_guest(string way)
    {
        await using WeftHome home = await WeftHome.UpAsync("networks: { empty: internal }\n");
        await home.Weft.RunAsync("net", "create", "one", "--subnet", "10.31.0.0/24");
        await home.Weft.RunAsync("net", "create", "two", "--subnet", "10.32.0.0/24");
        await home.Weft.RunAsync("vm", "create", "alpha");
        await home.Weft.RunAsync("nic", "add", "alpha", "one", "--attach", way, "--ip", "10.31.0.40");
        UmlGuest alpha = await home.BootAsync("alpha");
        GuestLease lease = await alpha.Lease;
        Assert.Equal("10.31.0.40", lease.Address);
        Assert.Equal("10.31.0.40\n", await home.Weft.RunAsync("leases", "one", "-o", "name"));
        string life = await alpha.LifeAsync();
        await alpha.MustAsync("mkdir -p /run/www; echo hello from alpha >/run/www/index.html; busybox httpd -p 80 -h /run/www");
        string added = await home.Weft.RunAsync("forward", "add", "alpha:80");
        string url = added.Split('\n').Single(line => line.StartsWith("http", StringComparison.Ordinal));
        Assert.Equal("hello from alpha\n", await FetchAsync(url));

        await home.Weft.RunAsync("net", "stop", "one");
        if (way == "vhost-user")
        {
            await alpha.CarrierAsync(on: false);
        }
        Assert.False((await alpha.RunAsync($"busybox ping -c 1 -W 1 {lease.Gateway}")).Ok);
        await Assert.ThrowsAsync<HttpRequestException>(() => FetchAsync(url));

        await home.Weft.RunAsync("net", "start", "one");
        if (way == "vhost-user")
        {
            await alpha.CarrierAsync(on: true);
        }
        await alpha.PingAsync(lease.Gateway);
        Assert.Equal("hello from alpha\n", await FetchAsync(url));

        await home.Weft.RunAsync("nic", "attach", "alpha:1", "two");
        Assert.Equal("10.32.0.1", await alpha.AskAgainAsync());
        await alpha.PingAsync("10.32.0.1");
        Assert.Equal("hello from alpha\n", await FetchAsync(url));
        await home.Weft.RunAsync("net", "rm", "one");

        await home.Weft.RunAsync("net", "rm", "two", "--force");
        Assert.False((await alpha.RunAsync("busybox ping -c 1 -W 1 10.32.0.1")).Ok);
        Assert.Equal("alpha:1\n", await home.Weft.RunAsync("nic", "ls", "-o", "name"));
        Assert.Equal(life, await alpha.LifeAsync());
    }

    private static async Task<string> FetchAsync(string url)
    {
        using HttpClient client = new() { Timeout = TimeSpan.FromSeconds(10) };
        return await client.GetStringAsync(url);
    }
}
