using Weft.Cli.Demo;
using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Load;

/// <summary>After thousands of flows, worker and keeper hold what they held before: descriptors, memory, records.</summary>
public sealed class ManyFlowsScene(ITestOutputHelper said)
{
    private const int First = 20_000;

    /// <summary>Several, so that no pair of addresses runs out of ports while the closed ones rest in TIME_WAIT.</summary>
    private const int Ports = 100;

    /// <summary>What a standby that connects meanwhile costs the keeper: its process may have been there before, and not its connection.</summary>
    private const int StandbyAtKeeper = 2;

    private static readonly TimeSpan DatagramFlowsEnd = TimeSpan.FromSeconds(240);

    [Scene(Needs.Tap | Needs.Root)]
    public async Task Connections_opened_and_closed_leave_nothing()
    {
        int count = LoadTier.Pick(2000, 10_000);
        await using LoadStage stage = await LoadStage.UpAsync();
        await using LoadProcess echo = await LoadProcess.ServeAsync(stage.Host, $"127.0.0.1 {First} {Ports}");
        await ChurnAsync(stage, 300); // everything has been done once
        Holding before = await SteadyAsync(stage);

        ConnectionReport report = await ChurnAsync(stage, count);
        Assert.Equal((count, 0), (report.Right, report.Failed));
        await BackToAsync(stage, before, $"{count} connections opened and closed, slowest {report.SlowestMilliseconds} ms");
    }

    [Scene(Needs.Tap | Needs.Root)]
    public async Task Connections_held_open_all_live_and_then_leave_nothing()
    {
        int count = LoadTier.Pick(500, 2000);
        await using LoadStage stage = await LoadStage.UpAsync();
        await using LoadProcess echo = await LoadProcess.ServeAsync(stage.Host, $"127.0.0.1 {First} {Ports}");
        await ChurnAsync(stage, 300);
        Holding before = await SteadyAsync(stage);
        await using (LoadProcess hold = LoadProcess.Start(stage.Guest, $"hold {stage.Gateway} {First} {Ports} {count}"))
        {
            Assert.Equal((count, 0), Counts(ConnectionReport.Parse(await hold.SaysAsync())));
            Holding held = await Holding.OfAsync(stage);
            Assert.Equal(before.Flows.Tcp + count, held.Flows.Tcp);
            Assert.Equal((before.Worker.Descriptors + count, before.Keeper.Descriptors + count), (held.Worker.Descriptors, held.Keeper.Descriptors));
            said.WriteLine($"holding {count}: {held}");
            Assert.Equal((count, 0), Counts(ConnectionReport.Parse(await hold.AskAsync())));
        }
        await BackToAsync(stage, before, $"{count} connections held open");
    }

    [Scene(Needs.Tap | Needs.Root)]
    public Task Datagram_flows_are_all_served() => DatagramFlows(sockets: 40, untilTheyEnd: false);

    [Scene(Needs.Tap | Needs.Root), Trait("Tier", "long")]
    public Task Datagram_flows_end_by_themselves_and_leave_nothing() => DatagramFlows(sockets: 200, untilTheyEnd: true);

    private async Task DatagramFlows(int sockets, bool untilTheyEnd)
    {
        await using LoadStage stage = await LoadStage.UpAsync();
        await using LoadProcess echo = await LoadProcess.ServeAsync(stage.Host, $"127.0.0.1 {First} {Ports}");
        await ChurnAsync(stage, 100);
        Holding before = await SteadyAsync(stage);
        await using LoadProcess flows = LoadProcess.Start(stage.Guest, $"flows {stage.Gateway} {First} {Ports} {sockets}");
        Assert.Equal($"{sockets * Ports}", await flows.SaysAsync());
        Holding full = await Holding.OfAsync(stage);
        said.WriteLine($"{sockets * Ports} datagram flows: {full}");
        Assert.Equal(before.Flows.Udp + (sockets * Ports), full.Flows.Udp);
        Assert.Equal(before.Worker.Descriptors + sockets, full.Worker.Descriptors);
        Assert.InRange(full.Keeper.Descriptors - before.Keeper.Descriptors - sockets, 0, StandbyAtKeeper + 1);
        if (untilTheyEnd)
        {
            await stage.UntilAsync(s => s.Flows.Udp <= before.Flows.Udp, "the end of the datagram flows", DatagramFlowsEnd);
            await BackToAsync(stage, before, $"{sockets * Ports} datagram flows");
        }
    }

    private static async Task<ConnectionReport> ChurnAsync(LoadStage stage, int count)
    {
        await using LoadProcess churn = LoadProcess.Start(stage.Guest, $"churn {stage.Gateway} {First} {Ports} {count}");
        return ConnectionReport.Parse(await churn.SaysAsync());
    }

    private static (int Right, int Failed) Counts(ConnectionReport report) => (report.Right, report.Failed);

    private async Task BackToAsync(LoadStage stage, Holding before, string what)
    {
        await stage.UntilAsync(s => s.Flows.Tcp <= before.Flows.Tcp, "the end of the connections");
        Holding after = await Holding.OfAsync(stage);
        for (int i = 0; i < 50 && !after.HasNoMoreDescriptorsThan(before); i++)
        {
            await Task.Delay(100);
            after = await Holding.OfAsync(stage);
        }
        said.WriteLine($"{what}\n  before {before}\n  after  {after}");
        Assert.True(after.HasNoMoreDescriptorsThan(before), $"before {before}, after {after}");
        Assert.InRange(after.Worker.ResidentKib, 0, before.Worker.ResidentKib + 8192);
        Assert.InRange(after.Keeper.ResidentKib, 0, before.Keeper.ResidentKib + 2048);
    }

    /// <summary>Once the standby has its copies: nothing changes any more.</summary>
    private static async Task<Holding> SteadyAsync(LoadStage stage)
    {
        await Eventually.Async(() => HomeProcesses.Find(stage.Home.Home, "worker").Length == 2, "the standby");
        Holding now = await Holding.OfAsync(stage), before;
        do
        {
            before = now;
            await Task.Delay(700);
            now = await Holding.OfAsync(stage);
        }
        while (now.Flows != before.Flows || !now.HasNoMoreDescriptorsThan(before) || !before.HasNoMoreDescriptorsThan(now));
        return now;
    }

    /// <summary>What both processes hold, and the worker's count of records.</summary>
    private sealed record Holding(FlowsDocument Flows, Footprint Worker, Footprint Keeper)
    {
        public static async Task<Holding> OfAsync(LoadStage stage)
        {
            StatusDocument status = await stage.StatusAsync();
            return new Holding(status.Flows, Footprint.Of(status.Worker.Pid), Footprint.Of(stage.Keeper));
        }

        public bool HasNoMoreDescriptorsThan(Holding other) =>
            Worker.Descriptors <= other.Worker.Descriptors && Keeper.Descriptors <= other.Keeper.Descriptors + StandbyAtKeeper;
    }
}
