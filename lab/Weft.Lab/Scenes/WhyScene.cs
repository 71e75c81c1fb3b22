using System.Net;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Streams;
using Weft.Model;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Scenes;

/// <summary>What <c>weft why</c> says of real guests is what they then find, and asking disturbs nobody.</summary>
public sealed class WhyScene(ITestOutputHelper output)
{
    private const int Reaches = 0;
    private const int DoesNot = 7;

    [Scene(Needs.Tap)]
    public async Task It_says_what_the_guest_then_finds()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2);

        await SaysAsync(lab, Reaches, null, "vm1", "gateway");
        await lab.Guest.MustAsync($"busybox ping -c 1 -W 3 {lab.Gateway}");
        await SaysAsync(lab, Reaches, null, "vm1", "vm2");
        await lab.Guest.MustAsync($"busybox ping -c 1 -W 3 {lab.Leases[1].Address}");
        await SaysAsync(lab, Reaches, null, "vm1", "host", $"tcp/{server.Port}");
        await lab.Guest.MustAsync($"busybox nc -w 3 {lab.Gateway} {server.Port} </dev/null");
        int nobody = FreePort.Tcp();
        await SaysAsync(lab, DoesNot, "host-refused", "vm1", "host", $"tcp/{nobody}");
        Assert.False((await lab.Guest.RunAsync($"busybox nc -w 3 {lab.Gateway} {nobody} </dev/null")).Ok);

        await lab.Home.Weft.RunAsync("nic", "unplug", "vm2:1");
        await SaysAsync(lab, DoesNot, "unplugged", "vm1", "vm2");
        Assert.False((await lab.Guest.RunAsync($"busybox ping -c 1 -W 1 {lab.Leases[1].Address}")).Ok);
    }

    [Scene(Needs.Tap)]
    public async Task Questions_do_not_touch_a_transfer()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2);
        using ApiClient client = new(new HomeFolder(lab.Home.Home));
        Task<string> transfer = lab.Guest.StreamToolAsync($"put {lab.Gateway} {server.Port} {512 << 20}");
        int asked = 0;
        for (; !transfer.IsCompleted || asked == 0; asked++)
        {
            Assert.True(client.Get(ApiPaths.WhyOf("vm1", "host", $"tcp/{server.Port}"), ApiJson.Default.WhyDocument).Reaches);
            await Task.Delay(5);
        }
        StreamReport report = StreamReport.Parse(await transfer);
        Assert.True(report.Right, $"{report} after {asked} questions");
        KeyValuePair<string, long>[] drops = [.. (await lab.Home.StatusAsync()).Networks.SelectMany(n => n.DropsByReason)];
        output.WriteLine($"{asked} questions; drops: {string.Join(", ", drops)}");
        // What a transfer without questions has too.
        Assert.All(drops, drop => Assert.Equal("out-of-window", drop.Key));
    }

    private static async Task SaysAsync(NamespaceHost lab, int exit, string? reason, params string[] ends)
    {
        GuestResult said = await lab.Home.Weft.TryAsync(["why", .. ends, "-o", "json"]);
        Assert.True(said.Exit == exit, $"why {string.Join(' ', ends)} exits {said.Exit}: {said.Output}");
        WhyDocument why = JsonSerializer.Deserialize(said.Output, ApiJson.Default.WhyDocument)!;
        Assert.Equal((exit == Reaches, reason), (why.Reaches, why.Reason));
    }
}
