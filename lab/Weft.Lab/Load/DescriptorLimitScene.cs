using System.Diagnostics;
using System.Net;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Load;

/// <summary>At the limit of descriptors nobody crashes, spins or hangs: a guest's new datagram flows take the place of its own
/// oldest, new connections are refused at once, and all of it is counted.</summary>
public sealed class DescriptorLimitScene(ITestOutputHelper said)
{
    private const int Limit = 512;
    private const int First = 20_000;
    private const string Counted = "descriptor-limit";

    [Scene(Needs.Tap | Needs.Root)]
    public async Task New_datagram_flows_take_the_place_of_the_oldest()
    {
        await using LoadStage stage = await LoadStage.UpAsync(guests: 2, descriptors: Limit);
        await using LoadProcess echo = await LoadProcess.ServeAsync(stage.Host, $"127.0.0.1 {First} 1");
        await using (LoadProcess flows = LoadProcess.Start(stage.Guest, $"flows {stage.Gateway} {First} 1 {Limit}"))
        {
            Assert.Equal($"{Limit}", await flows.SaysAsync());
        }
        await stage.UntilAsync(s => Drops(s) > 0, Counted);

        // The other guest has no flow to give up: it hears so at once.
        ConnectionReport refused = await ConnectAsync(stage, guest: 1, count: 1);
        Assert.Equal((0, 1), (refused.Right, refused.Failed));
        Assert.Contains(refused.Error, new[] { "HostUnreachable", "NetworkUnreachable", "AccessDenied" });
        Assert.InRange(refused.SlowestMilliseconds, 0, 900); // before the SYN is sent again
    }

    [Scene(Needs.Tap | Needs.Root)]
    public async Task New_connections_are_refused_at_once_and_welcome_again_after()
    {
        await using LoadStage stage = await LoadStage.UpAsync(descriptors: Limit);
        await using LoadProcess echo = await LoadProcess.ServeAsync(stage.Host, $"127.0.0.1 {First} 10");
        await using LoadProcess inside = await LoadProcess.ServeAsync(stage.Guest, $"0.0.0.0 {First} 1");
        await stage.Home.Weft.RunAsync("forward", "add", $"127.0.0.1:30000:vm1:{First}");
        int worker = await stage.WorkerAsync();

        await using (LoadProcess hold = LoadProcess.Start(stage.Guest, $"hold {stage.Gateway} {First} 10 {Limit / 2}"))
        {
            ConnectionReport report = ConnectionReport.Parse(await hold.SaysAsync());
            said.WriteLine($"of {Limit / 2}: {report}");
            Assert.InRange(report.Right, 100, (Limit / 2) - 20);
            Assert.Contains(report.Error, new[] { "HostUnreachable", "NetworkUnreachable", "AccessDenied" });
            await stage.UntilAsync(s => Drops(s) >= report.Failed, Counted); // and the SYNs that the limit of ICMP errors let be sent again

            // The first of a quiet second is told at once.
            await Task.Delay(1100);
            ConnectionReport next = await ConnectAsync(stage, guest: 0, count: 1);
            Assert.Equal((0, 1), (next.Right, next.Failed));
            Assert.InRange(next.SlowestMilliseconds, 0, 900);
            await AClientWaitsAndNobodySpins(stage, worker);
            Assert.Equal(report.Right, ConnectionReport.Parse(await hold.AskAsync()).Right);
        }

        await stage.UntilAsync(s => s.Flows.Tcp <= 1, "the end of the connections");
        ConnectionReport after = await ConnectAsync(stage, guest: 0, count: 50);
        Assert.Equal((50, 0), (after.Right, after.Failed));
        Assert.Equal((worker, 0), (await stage.WorkerAsync(), (await stage.StatusAsync()).Worker.Restarts));
    }

    /// <summary>A client of a forward stays in the backlog; the worker looks now and then, and does not burn a core.</summary>
    private async Task AClientWaitsAndNobodySpins(LoadStage stage, int worker)
    {
        long drops = Drops(await stage.StatusAsync());
        await using LoadProcess client = LoadProcess.Start(stage.Host, "hold 127.0.0.1 30000 1 1");
        Assert.Equal(1, ConnectionReport.Parse(await client.SaysAsync()).Right); // by the host's kernel
        double cpu = Footprint.Of(worker).CpuSeconds;
        Stopwatch time = Stopwatch.StartNew();
        await Task.Delay(1500);
        double share = (Footprint.Of(worker).CpuSeconds - cpu) / time.Elapsed.TotalSeconds;
        said.WriteLine($"the worker at the limit, with a client in the backlog: {share:P1} of a core");
        Assert.InRange(share, 0, 0.2);
        Assert.True(Drops(await stage.StatusAsync()) > drops, "the refusal to accept was not counted");
    }

    private static async Task<ConnectionReport> ConnectAsync(LoadStage stage, int guest, int count)
    {
        await using LoadProcess churn = LoadProcess.Start(stage.Guests[guest], $"churn {stage.Gateway} {First} 1 {count}");
        return ConnectionReport.Parse(await churn.SaysAsync());
    }

    private static long Drops(StatusDocument status) => status.Networks.Sum(n => n.DropsByReason.GetValueOrDefault(Counted));
}
