using System.Net;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Streams;

namespace Weft.Lab.Scenes;

/// <summary>Two real Linux guests on one NAT network: addresses, names, each other, the host, and the host to them.</summary>
public sealed class TwoGuestsScene
{
    private const long Bytes = 32 << 20;

    [Scenes(Needs.Uml), WaysIn]
    public async Task They_reach_each_other_by_address_and_by_name(string way)
    {
        await using UmlHost lab = await UmlHost.UpAsync(way, "alpha", "beta");
        UmlGuest alpha = lab["alpha"], beta = lab["beta"];
        GuestLease one = await alpha.Lease, other = await beta.Lease;
        Assert.NotEqual(one.Address, other.Address);
        Assert.Equal(one.Gateway, other.Gateway);

        await alpha.MustAsync($"busybox ping -c 3 -W 3 {other.Address}");
        await beta.MustAsync("busybox ping -c 3 -W 3 alpha");
        await alpha.MustAsync($"busybox ping -c 3 -W 3 {one.Gateway}");
        Assert.Contains(other.Address, await alpha.MustAsync("busybox nslookup beta"));
        Assert.Contains(one.Gateway, await alpha.MustAsync("busybox nslookup host.weft.internal"));
    }

    [Scenes(Needs.Uml), WaysIn]
    public async Task Both_fetch_the_same_long_page_from_the_host_at_once(string way)
    {
        await using UmlHost lab = await UmlHost.UpAsync(way, "alpha", "beta");
        UmlGuest alpha = lab["alpha"], beta = lab["beta"];
        await using DemoWebServer server = new(Bytes);
        string fetch = $"timeout 30 busybox wget -q -O - http://{lab.Gateway}:{server.Port}/pattern | sha256sum";

        string[] hashes = await Task.WhenAll(alpha.MustAsync(fetch), beta.MustAsync(fetch));
        string right = PatternStream.Hash(DemoWebServer.Seed, Bytes);
        Assert.All(hashes, hash => Assert.StartsWith(right, hash));
    }

    [Scenes(Needs.Uml), WaysIn]
    public async Task A_guest_uploads_to_the_host(string way)
    {
        await using UmlHost lab = await UmlHost.UpAsync(way, "alpha");
        UmlGuest alpha = lab["alpha"];
        await using StreamServer server = new(IPAddress.Loopback);
        string file = lab.Home.Folder.File("upload");
        await using (FileStream upload = File.Create(file))
        {
            await upload.WriteAsync(new StreamOrder(Upload: true, Bytes, Seed: 7).ToBytes());
            PatternStream pattern = new(7);
            for (byte[] piece = new byte[1 << 20]; pattern.Position < Bytes; await upload.WriteAsync(piece))
            {
                pattern.Fill(piece);
            }
        }

        await alpha.MustAsync($"busybox nc {lab.Gateway} {server.Port} <{file}");
        StreamReport report = Assert.Single(server.Served);
        Assert.Equal((Bytes, true), (report.Bytes, report.Right));
    }

    [Scenes(Needs.Uml), WaysIn]
    public async Task The_host_reaches_a_guest_through_forwards_made_and_removed_at_run_time(string way)
    {
        await using UmlHost lab = await UmlHost.UpAsync(way, "alpha");
        UmlGuest alpha = lab["alpha"];
        int port = FreePort.Tcp();
        string url = $"http://127.0.0.1:{port}/";
        await alpha.MustAsync("mkdir -p /run/www; echo hello from alpha >/run/www/index.html; busybox httpd -p 80 -h /run/www");
        using HttpClient client = new() { Timeout = TimeSpan.FromSeconds(10) };
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(url));

        await lab.Home.Weft.RunAsync("forward", "add", $"{port}:alpha:80");
        Assert.Equal("hello from alpha\n", await client.GetStringAsync(url));

        await lab.Home.Weft.RunAsync("forward", "rm", $"{port}");
        using HttpClient other = new() { Timeout = TimeSpan.FromSeconds(10) };
        await Assert.ThrowsAsync<HttpRequestException>(() => other.GetStringAsync(url));
    }
}
