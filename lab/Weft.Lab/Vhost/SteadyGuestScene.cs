using System.Globalization;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Load;
using Weft.Lab.Survival;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Vhost;

/// <summary>Frames of vhost-user guests, to each other and through the gateway, allocate nothing, and the worker collects no garbage.</summary>
public sealed class SteadyGuestScene(ITestOutputHelper said)
{
    private const int Memory = 256;
    private const int PortInGuest = 7000;

    /// <summary>The worker calls itself steady after 10,000 turns, and says what it allocated every 1,024.</summary>
    private const long TurnsToSteady = 12_000, TurnsToSay = 2500;

    /// <summary>On a busy machine a pool may still grow by an object: what allocates by the frame does so every time.</summary>
    private const int Looks = 3;
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(20);

    [Scene(Needs.Uml)]
    public async Task Traffic_of_vhost_user_guests_allocates_nothing()
    {
        int port = FreePort.Tcp();
        using Tool server = Tool.OnHost($"serve 127.0.0.1 {port}");
        Assert.Equal("serving", await server.NextAsync(Start));
        await using UmlHost lab = await UmlHost.UpAsync("vhost-user", Memory, "alpha", "beta");
        string beta = (await lab["beta"].Lease).Address;
        _ = lab["beta"].RunAsync($"sleep 600 | {NamespaceGuest.Tool} serve 0.0.0.0 {PortInGuest} >/run/served", TimeSpan.FromMinutes(10))
            .ContinueWith(t => t.Exception, TaskScheduler.Default);
        await lab["beta"].MustAsync("until grep -q serving /run/served; do sleep 0.1; done");

        StatusDocument before, after;
        do
        {
            await TrafficAsync(lab, (lab.Gateway, port), (beta, PortInGuest), seconds: 3);
            after = await lab.Home.StatusAsync();
        }
        while (after.Worker.Lanes[0].Turns < TurnsToSteady);
        int looks = 0;
        do
        {
            before = after;
            await TrafficAsync(lab, (lab.Gateway, port), (beta, PortInGuest), LoadTier.Pick(5, 60));
            after = await lab.Home.StatusAsync();
        }
        while (++looks < Looks && before.Worker.LaneAllocatedBytes != after.Worker.LaneAllocatedBytes);

        long frames = after.Worker.Lanes[0].Frames - before.Worker.Lanes[0].Frames, bytes = Bytes(after) - Bytes(before);
        said.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{frames} frames, {bytes >> 20} MiB, {after.Worker.Lanes[0].Turns - before.Worker.Lanes[0].Turns} turns, look {looks}; allocated " +
            $"{before.Worker.LaneAllocatedBytes} → {after.Worker.LaneAllocatedBytes}, collections {before.Worker.Collections} → {after.Worker.Collections}"));
        Assert.True(bytes > 100 << 20, "there was no traffic to speak of");
        Assert.True(after.Worker.Lanes[0].Turns - before.Worker.Lanes[0].Turns > TurnsToSay, "the worker has not said what it allocated");
        Assert.Equal(before.Worker.LaneAllocatedBytes, after.Worker.LaneAllocatedBytes);
        Assert.Equal(before.Worker.Collections, after.Worker.Collections);
        Assert.Equal(before.Worker.Pid, after.Worker.Pid);
    }

    /// <summary>Streams both ways with datagrams beside them: alpha with the host, and alpha with beta.</summary>
    private async Task TrafficAsync(UmlHost lab, (string Address, int Port) host, (string Address, int Port) guest, int seconds)
    {
        TimeSpan limit = TimeSpan.FromSeconds(120 + seconds);
        Task<string>[] bulks = [.. new[] { host, guest }.Select(to =>
            lab["alpha"].MustAsync($"{NamespaceGuest.Tool} load bulk {to.Address} {to.Port} {seconds}", limit))];
        foreach (Task<string> bulk in bulks)
        {
            string report = (await bulk).Split('\n')[^1];
            said.WriteLine($"{seconds} s: {report} (streams of 64 MiB right, wrong; datagrams echoed, sent)");
            Assert.Matches("^[1-9][0-9]* 0 ", report);
        }
    }

    private static long Bytes(StatusDocument status) => status.Networks.SelectMany(n => n.Ports).Sum(p => p.BytesIn + p.BytesOut);
}
