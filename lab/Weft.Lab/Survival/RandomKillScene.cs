using Xunit.Abstractions;

namespace Weft.Lab.Survival;

/// <summary>The worker dies at random moments under three kinds of load: no byte wrong, no stream broken or still, no connection failed.</summary>
public sealed class RandomKillScene(ITestOutputHelper output)
{
    private const long Kibibyte = 1 << 10;
    private const long Mebibyte = 1 << 20;

    [Scene(Needs.Tap)]
    public Task Two_long_transfers_each_way_survive_kills() => SurviveAsync(
        Tier.Of(4, 334), 101, Streams(2, Tier.IsLong ? 1024 * Mebibyte : 32 * Mebibyte), Streams(2, Tier.IsLong ? 1024 * Mebibyte : 32 * Mebibyte));

    [Scene(Needs.Tap)]
    public Task Fifty_flows_survive_kills() => SurviveAsync(
        Tier.Of(4, 333), 102, Streams(30, Tier.IsLong ? 16 * Mebibyte : 2 * Mebibyte), Streams(20, Tier.IsLong ? 16 * Mebibyte : 2 * Mebibyte));

    [Scene(Needs.Tap)]
    public Task Short_connections_survive_kills() => SurviveAsync(Tier.Of(4, 333), 103, Short(4), Short(2));

    private static LoadOrder Streams(int flows, long bytes) => new(flows, bytes, bytes, Alternate: false, Seed: 1);

    private static LoadOrder Short(int flows) => new(flows, Kibibyte, Mebibyte, Alternate: true, Seed: 2);

    private async Task SurviveAsync(int kills, int seed, LoadOrder outbound, LoadOrder inbound)
    {
        await using Stage stage = await Stage.UpAsync();
        uint lives = stage.Workers.Status.Generation;
        Killer killer = new(stage.Workers, seed);
        LoadReport report = await stage.UnderLoadAsync(outbound, inbound, stop => killer.RunAsync(kills, stop));
        var status = stage.Workers.Status;
        output.WriteLine($"{killer}; {status.Generation - lives} takeovers, {status.FramesReplayed} frames replayed; " +
            $"{report.Right} streams right, {report.Bytes / Mebibyte} MiB, longest pause {report.StallMilliseconds:0} ms");
        Assert.Equal(kills, killer.Kills);
        Assert.Equal(0UL, status.FlowsLost);
    }
}
