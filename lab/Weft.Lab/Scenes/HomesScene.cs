using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Scenes;

/// <summary>What belongs to one home stays there, and goes with it.</summary>
public sealed class HomesScene
{
    private const string Topology = "networks: { lab: nat-network }\nvms: { alpha: [lab] }\n";

    [Scene(Needs.Uml)]
    public async Task Two_homes_run_side_by_side()
    {
        await using WeftHome first = await WeftHome.UpAsync(Topology);
        await using WeftHome second = await WeftHome.UpAsync(Topology);
        UmlGuest guest = await first.BootAsync("alpha");
        await second.BootAsync("alpha");
        Assert.NotEqual((await first.StatusAsync()).Worker.Pid, (await second.StatusAsync()).Worker.Pid);

        await second.Weft.RunAsync("down");
        GuestResult ping = await guest.RunAsync($"busybox ping -c 2 -W 3 {(await guest.Lease).Gateway}");
        Assert.True(ping.Ok, ping.Output);
    }

    [Scene(Needs.Uml)]
    public async Task A_lease_outlives_down_and_up()
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        UmlGuest before = await home.BootAsync("alpha");
        GuestLease lease = await before.Lease;
        await before.DisposeAsync();
        await home.Weft.RunAsync("down");

        await home.ApplyAsync(Topology);
        UmlGuest after = await home.BootAsync("alpha");
        Assert.Equal(lease.Address, (await after.Lease).Address);
    }

    [Scene(Needs.Tap)]
    public async Task Nothing_is_left_behind()
    {
        string before = await Picture();
        string home;
        await using (NamespaceHost lab = await NamespaceHost.UpAsync())
        {
            home = lab.Home.Home;
            await lab.Home.KillWorkerAsync();
        }

        Assert.Empty(HomeProcesses.Find(home));
        Assert.False(Directory.Exists(home));
        Assert.Equal(before, await Picture());
    }

    /// <summary>Interfaces and namespaces of the host, one in a line.</summary>
    private static async Task<string> Picture()
    {
        ProcessStartInfo start = new("sh", ["-c", "ls /sys/class/net /run/netns 2>/dev/null"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        return await process.StandardOutput.ReadToEndAsync();
    }
}
