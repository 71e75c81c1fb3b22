using Weft.Cli.Demo;
using Xunit.Abstractions;

namespace Weft.Lab.Survival;

/// <summary>Daemon and keeper die under traffic, one transfer load running through all of it.</summary>
public sealed class RoleKillScene(ITestOutputHelper output)
{
    private const long Mebibyte = 1 << 20;

    [Scene(Needs.Tap)]
    public async Task Transfers_run_through_kills_of_daemon_keeper_and_worker()
    {
        await using Stage stage = await Stage.UpAsync();
        LoadOrder load = new(2, 32 * Mebibyte, 32 * Mebibyte, Alternate: false, Seed: 4);
        LoadReport report = await stage.UnderLoadAsync(load, load, async stop =>
        {
            for (int round = 0; round < Tier.Of(1, 20) && !stop.IsCompleted; round++)
            {
                await RoundAsync(stage);
            }
        });
        output.WriteLine($"{report.Right} streams right, {report.Bytes / Mebibyte} MiB, longest pause {report.StallMilliseconds:0} ms");
    }

    private static async Task RoundAsync(Stage stage)
    {
        var home = stage.Lab.Home;
        var before = stage.Workers.Status;

        await home.KillDaemonAsync();
        var status = await home.StatusAsync();
        Assert.Equal(before.Pid, status.Worker.Pid);

        int[] keepers = HomeProcesses.Find(home.Home, "keeper");
        await home.KillKeeperAsync();
        Assert.NotEqual(keepers, HomeProcesses.Find(home.Home, "keeper"));
        Assert.Equal(before.Pid, stage.Workers.Status.Pid);

        // Under the new keeper: once as soon as it covers, once with its own warm standby.
        Assert.True(stage.Workers.Kill());
        await stage.Workers.ServesAsync(before.Generation);
        await stage.Workers.StandbyAsync();
        Assert.True(stage.Workers.Kill());
        await stage.Workers.ServesAsync(before.Generation + 1);
        Assert.Equal(0UL, stage.Workers.Status.FlowsLost);
    }
}
