using System.Net;
using Weft.Cli.Demo;
using Weft.Lab.Streams;

namespace Weft.Lab.Scenes;

/// <summary>Two real Linux guests on one NAT network: addresses, names, each other, the host, and the host to them.</summary>
public sealed class TwoGuestsScene : IAsyncLifetime
{
    private const string Topology = """
        networks: { lab: nat-network }
        vms: { alpha: [lab], beta: [lab] }
        """;

    private WeftHome _home = null!;
    private UmlGuest _alpha = null!;
    private UmlGuest _beta = null!;

    public async Task InitializeAsync()
    {
        _home = await WeftHome.UpAsync(Topology);
        try
        {
            Task<UmlGuest> alpha = _home.BootAsync("alpha");
            _beta = await _home.BootAsync("beta");
            _alpha = await alpha;
        }
        catch
        {
            await _home.DisposeAsync(); // nobody else would, after a start that failed
            throw;
        }
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Scene(Needs.Uml)]
    public async Task They_reach_each_other_by_address_and_by_name()
    {
        GuestLease alpha = await _alpha.Lease, beta = await _beta.Lease;
        Assert.NotEqual(alpha.Address, beta.Address);
        Assert.Equal(alpha.Gateway, beta.Gateway);

        await Must(_alpha, $"busybox ping -c 3 -W 3 {beta.Address}");
        await Must(_beta, "busybox ping -c 3 -W 3 alpha");
        await Must(_alpha, $"busybox ping -c 3 -W 3 {alpha.Gateway}");
        Assert.Contains(beta.Address, await Must(_alpha, "busybox nslookup beta"));
        Assert.Contains(alpha.Gateway, await Must(_alpha, "busybox nslookup host.weft.internal"));
    }

    [Scene(Needs.Uml)]
    public async Task Both_fetch_the_same_long_page_from_the_host_at_once()
    {
        const long Bytes = 32 << 20;
        await using DemoWebServer server = new(Bytes);
        string fetch = $"timeout 30 busybox wget -q -O - http://{(await _alpha.Lease).Gateway}:{server.Port}/pattern | sha256sum";

        string[] hashes = await Task.WhenAll(Must(_alpha, fetch), Must(_beta, fetch));
        string right = PatternStream.Hash(DemoWebServer.Seed, Bytes);
        Assert.All(hashes, hash => Assert.StartsWith(right, hash));
    }

    [Scene(Needs.Uml)]
    public async Task A_guest_uploads_to_the_host()
    {
        const long Bytes = 32 << 20;
        await using StreamServer server = new(IPAddress.Loopback);
        string file = _home.Folder.File("upload");
        await using (FileStream upload = File.Create(file))
        {
            await upload.WriteAsync(new StreamOrder(Upload: true, Bytes, Seed: 7).ToBytes());
            PatternStream pattern = new(7);
            for (byte[] piece = new byte[1 << 20]; pattern.Position < Bytes; await upload.WriteAsync(piece))
            {
                pattern.Fill(piece);
            }
        }

        await Must(_alpha, $"busybox nc {(await _alpha.Lease).Gateway} {server.Port} <{file}");
        StreamReport report = Assert.Single(server.Served);
        Assert.Equal((Bytes, true), (report.Bytes, report.Right));
    }

    [Scene(Needs.Uml)]
    public async Task The_host_reaches_a_guest_through_forwards_made_and_removed_at_run_time()
    {
        int port = FreePort.Tcp();
        string url = $"http://127.0.0.1:{port}/";
        await Must(_alpha, "mkdir -p /run/www; echo hello from alpha >/run/www/index.html; busybox httpd -p 80 -h /run/www");
        using HttpClient client = new() { Timeout = TimeSpan.FromSeconds(10) };
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(url));

        await _home.Weft.RunAsync("forward", "add", $"{port}:alpha:80");
        Assert.Equal("hello from alpha\n", await client.GetStringAsync(url));

        await _home.Weft.RunAsync("forward", "rm", $"{port}");
        using HttpClient other = new() { Timeout = TimeSpan.FromSeconds(10) };
        await Assert.ThrowsAsync<HttpRequestException>(() => other.GetStringAsync(url));
    }

    private static async Task<string> Must(UmlGuest guest, string command)
    {
        GuestResult result = await guest.RunAsync(command);
        Assert.True(result.Ok, $"{guest.Name}: {command}: {result.Output}");
        return result.Text;
    }
}
