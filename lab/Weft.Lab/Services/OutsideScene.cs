using System.Net;
using System.Net.Sockets;
using Weft.Lab.Guests;
using Weft.Lab.Streams;

namespace Weft.Lab.Services;

/// <summary>The world beyond the gateway: pings, routes and refusals come back as they are; the host's own loopback only when it may be reached.</summary>
public sealed class OutsideScene
{
    /// <summary>Sends a byte by "udp" or "tcp" to an address and port, and prints what comes of it.</summary>
    private const string Probe =
        "perl -MSocket -e '($p, $a, $n) = @ARGV; socket(S, AF_INET, $p eq \"udp\" ? SOCK_DGRAM : SOCK_STREAM, 0); alarm 5; " +
        "connect(S, pack_sockaddr_in($n, inet_aton($a))) && send(S, \"x\", 0) && defined recv(S, $b, 9, 0) or print $!'";

    [Scene(Needs.Tap | Needs.Root)]
    public async Task Ping_trace_and_unreachable_work_across_a_router()
    {
        await using NamespaceGuest router = await NamespaceGuest.CreateAsync();
        await using NamespaceGuest far = await NamespaceGuest.CreateAsync();
        await using World _ = await World.MakeAsync(router, far);
        await using NamespaceHost lab = await NamespaceHost.UpAsync();

        Assert.Contains(" 0% packet loss", await lab.Guest.MustAsync($"busybox ping -c 3 -W 3 {World.Far}"));
        string trace = await lab.Guest.MustAsync($"busybox traceroute -n -w 3 -q 1 -m 5 {World.Far}");
        string[] hops = [.. trace.Split('\n').Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];
        Assert.Equal([lab.Gateway, World.Near, World.Far], hops);
        Assert.Equal("Connection refused", await lab.Guest.MustAsync($"{Probe} udp {World.Far} 9"));
        Assert.Equal("Connection refused", await lab.Guest.MustAsync($"{Probe} tcp {World.Far} 9"));
    }

    /// <summary>Nothing else moves: what the gateway has to say must not wait for the next frame.</summary>
    [Scene(Needs.Tap)]
    public async Task A_reset_by_the_host_reaches_a_guest_that_only_waits()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        int port = ((IPEndPoint)server.LocalEndpoint).Port;
        for (int i = 0; i < 3; i++)
        {
            Task<string> probe = lab.Guest.MustAsync($"{Probe} tcp {lab.Gateway} {port}");
            using Socket client = await server.AcceptSocketAsync();
            await client.ReceiveAsync(new byte[9]);
            await Task.Delay(500);
            client.LingerState = new LingerOption(true, 0);
            client.Close();
            // The probe's alarm ends it after five seconds.
            Assert.Equal("Connection reset by peer", await probe);
        }
    }

    [Scene(Needs.Tap)]
    public async Task The_hosts_loopback_is_at_the_gateway_unless_the_network_denies_it()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        Assert.Equal("3", await lab.Guest.StreamToolAsync($"short {lab.Gateway} {server.Port} 3 1000"));

        string file = lab.Home.Folder.File("lab.weft.yml");
        string topology = await File.ReadAllTextAsync(file);
        await lab.Home.ApplyAsync(topology.Replace("lab: nat-network", "lab: { mode: nat-network, host-loopback: deny }"));
        Assert.False((await lab.Home.StatusAsync()).Networks[0].HostLoopback);
        Assert.DoesNotContain("3", await lab.Guest.StreamToolAsync($"short {lab.Gateway} {server.Port} 3 1000", TimeSpan.FromSeconds(4)));
        Assert.Equal("0", await lab.Guest.StreamToolAsync($"echo {lab.Gateway} {server.Port} 1 100", TimeSpan.FromSeconds(8)));
        await lab.Guest.MustAsync($"busybox ping -c 2 -W 3 {lab.Gateway}");

        // Allowed again without a guest noticing more than that.
        await lab.Home.ApplyAsync(topology);
        Assert.Equal("3", await lab.Guest.StreamToolAsync($"short {lab.Gateway} {server.Port} 3 1000"));
    }
}
