using Weft.Model.Api;
using Xunit.Abstractions;

namespace Weft.Lab.Load;

/// <summary>Frames forwarded and translated in steady state allocate nothing, and the worker collects no garbage.</summary>
public sealed class SteadyStateScene(ITestOutputHelper said)
{
    private const int Port = 21_000;

    [Scene(Needs.Tap | Needs.Root)]
    public async Task Traffic_of_all_kinds_allocates_nothing()
    {
        await using LoadStage stage = await LoadStage.UpAsync(guests: 2);
        await stage.Host.ServeAsync("127.0.0.1", Port);
        await stage.Guests[1].ServeAsync("0.0.0.0", Port);
        await TrafficAsync(stage, seconds: 2); // into steady state
        StatusDocument before = await stage.StatusAsync();
        await TrafficAsync(stage, LoadTier.Pick(5, 60));
        StatusDocument after = await stage.StatusAsync();

        said.WriteLine($"allocated {after.Worker.LaneAllocatedBytes - before.Worker.LaneAllocatedBytes} ({before.Worker.LaneAllocatedBytes} before), " +
            $"collections {before.Worker.Collections} → {after.Worker.Collections}, " +
            $"{Bytes(after) - Bytes(before) >> 20} MiB, {Frames(after) - Frames(before)} frames");
        Assert.True(Bytes(after) - Bytes(before) > 100 << 20, "there was no traffic to speak of");
        Assert.Equal(before.Worker.LaneAllocatedBytes, after.Worker.LaneAllocatedBytes);
        Assert.Equal(before.Worker.Collections, after.Worker.Collections);
        Assert.Equal(before.Worker.Pid, after.Worker.Pid);
    }

    /// <summary>Through the gateway both ways with datagrams beside it, and from guest to guest.</summary>
    private async Task TrafficAsync(LoadStage stage, int seconds)
    {
        await using LoadProcess nat = LoadProcess.Start(stage.Guest, $"bulk {stage.Gateway} {Port} {seconds}");
        await using LoadProcess across = LoadProcess.Start(stage.Guest, $"bulk {stage.Leases[1].Address} {Port} {seconds}");
        string? translated = await nat.SaysAsync(), switched = await across.SaysAsync();
        said.WriteLine($"{seconds} s: translated {translated}, switched {switched} (streams of 64 MiB right, wrong; datagrams echoed, sent)");
        Assert.Matches("^[1-9][0-9]* 0 ", translated);
        Assert.Matches("^[1-9][0-9]* 0 ", switched);
    }

    private static long Bytes(StatusDocument status) => status.Networks.SelectMany(n => n.Ports).Sum(p => p.BytesIn + p.BytesOut);

    private static long Frames(StatusDocument status) => status.Networks.SelectMany(n => n.Ports).Sum(p => p.FramesIn + p.FramesOut);
}
