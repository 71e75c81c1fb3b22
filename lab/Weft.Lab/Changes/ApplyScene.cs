using System.Net;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Load;
using Weft.Lab.Streams;

namespace Weft.Lab.Changes;

/// <summary>A file is applied again and again while streams run: only the network that it changes notices.</summary>
public sealed class ApplyScene
{
    private const long Bytes = 1024 << 20;
    private const int LeastApplies = 2;

    /// <summary>Connections held open in each of the two networks that stay; with the two big streams out of them 50.</summary>
    private const int Held = 24;
    private const int EchoPort = 20_400;

    /// <summary>A stream that makes no progress for so long counts as stalled. Two cores carry everything here.</summary>
    private const double StallLimit = 10_000;

    [Scene(Needs.Tap)]
    public async Task Fifty_flows_of_other_networks_go_on_to_the_byte()
    {
        await using StreamServer server = new(IPAddress.Loopback);
        await using NamespaceGuest red = await NamespaceGuest.CreateAsync();
        await using NamespaceGuest blue = await NamespaceGuest.CreateAsync();
        await using NamespaceGuest green = await NamespaceGuest.CreateAsync();
        int[] ports = [FreePort.Tcp(), FreePort.Tcp(), FreePort.Tcp()];
        string Topology(int life) => $"""
            networks:
              red: {(life % 2 == 0 ? Shared("10.51.0.0/24") : Shared("10.54.0.0/24, mtu: 1400, dns: false"))}
              blue: {Shared("10.52.0.0/24")}   # stays
              green: {Shared("10.53.0.0/24")}
            vms:
              r: [{Nic("red", red)}]
              b: [{Nic("blue", blue)}]
              g: [{Nic("green", green)}]
            forwards:
              - {ports[life % 2]}:r:7000
              - {ports[2]}:b:7000
            """;
        await using WeftHome home = await WeftHome.UpAsync(Topology(0));
        string[] gateways = [(await blue.DhcpAsync("wl1")).Gateway, (await green.DhcpAsync("wl1")).Gateway];
        await blue.ServeAsync("0.0.0.0", 7000);
        int worker = (await home.StatusAsync()).Worker.Pid;
        using EchoPorts echo = new(IPAddress.Loopback, EchoPort, 1);
        await using LoadProcess blueHeld = LoadProcess.Start(blue, $"hold {gateways[0]} {EchoPort} 1 {Held}");
        await using LoadProcess greenHeld = LoadProcess.Start(green, $"hold {gateways[1]} {EchoPort} 1 {Held}");
        LoadProcess[] held = [blueHeld, greenHeld];
        foreach (LoadProcess process in held)
        {
            Assert.Equal(Held, ConnectionReport.Parse(await process.SaysAsync()).Right);
        }

        Task<string> up = blue.StreamToolAsync($"put {gateways[0]} {server.Port} {Bytes} 1");
        Task<string> down = green.StreamToolAsync($"get {gateways[1]} {server.Port} {Bytes} 2");
        Task<StreamReport> inbound = StreamEnd.RunAsync(new IPEndPoint(IPAddress.Loopback, ports[2]), new StreamOrder(Upload: true, Bytes, 3));
        await Eventually.Async(() => home.StatusAsync().Result.Flows.Tcp >= 2 * (1 + Held), "fifty flows");
        int applies = 0;
        while (!up.IsCompleted && !down.IsCompleted && !inbound.IsCompleted)
        {
            await File.WriteAllTextAsync(home.Folder.File("lab.weft.yml"), Topology(++applies));
            string said = await home.Weft.RunAsync("apply", home.Folder.File("lab.weft.yml"));
            Assert.Contains("~ network red: ", said);
            Assert.Contains("(made anew)", said);
            Assert.DoesNotContain("blue", said);
            Assert.DoesNotContain("green", said);
            foreach (LoadProcess process in held)
            {
                Assert.Equal(Held, ConnectionReport.Parse(await process.AskAsync()).Right);
            }
        }

        foreach (StreamReport report in (StreamReport[])[StreamReport.Parse(await up), StreamReport.Parse(await down), await inbound])
        {
            Assert.True(report.Right, report.ToString());
            Assert.True(report.StallMilliseconds < StallLimit, report.ToString());
        }

        Assert.True(applies >= LeastApplies, $"the streams ended after {applies} changes");
        Assert.Equal((worker, 0L), (await home.StatusAsync()).Worker is var status ? (status.Pid, status.FlowsLost) : default);
        await red.DhcpAsync("wl1");
    }

    private static string Shared(string subnet) => $"{{ mode: nat-network, subnet: {subnet} }}";

    private static string Nic(string network, NamespaceGuest guest) => $"{{ net: {network}, tap: {{ name: wl1, netns: \"{guest.Reference}\" }} }}";
}
