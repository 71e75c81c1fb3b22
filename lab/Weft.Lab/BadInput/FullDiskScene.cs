using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Model.Api;

namespace Weft.Lab.BadInput;

/// <summary>The disk under a home is full: what runs goes on, what is wanted new is refused whole.</summary>
public sealed class FullDiskScene
{
    [Scene(Needs.Tap | Needs.Root)]
    public async Task Traffic_and_leases_go_on_and_changes_are_refused()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync("size=1m");
        await using NamespaceGuest guest = await NamespaceGuest.CreateAsync();
        string file = disk.Folder.File("lab.weft.yml");
        await File.WriteAllTextAsync(file, $"networks: {{ lab: nat-network }}\nvms: {{ alpha: [{{ net: lab, attach: tap, tap: {{ name: wl1, netns: \"{guest.Reference}\" }} }}] }}\n");
        WeftCommand weft = new($"{disk.Path}/home");
        await weft.RunAsync("up", file);
        try
        {
            disk.Fill();
            string stored = Stored(weft.Home);
            foreach (string line in (string[])["forward add 18087:alpha:80", "nic unplug alpha:1"])
            {
                Refusal refusal = Refusal.Parse(await weft.TryAsync(line.Split(' ')));
                Assert.Equal((1, "W2009"), (refusal.Exit, refusal.Code));
            }

            // An address is given all the same, by this worker and by the next.
            GuestLease lease = await guest.DhcpAsync("wl1");
            await guest.MustAsync($"busybox ping -c 2 -W 3 {lease.Gateway}");
            await TearLeasesAndKillAsync(weft);
            Assert.Equal(lease, await guest.DhcpAsync("wl1"));
            Assert.Contains((await weft.StatusAsync()).Problems, IsOfLeases);
            Assert.Equal(stored, Stored(weft.Home));

            disk.Empty();
            await weft.RunAsync("forward", "add", "18087:alpha:80");
            await Eventually.Async(() => !weft.StatusAsync().Result.Problems.Any(IsOfLeases), "the leases on the disk");
        }
        finally
        {
            await weft.RunAsync("down");
            Assert.True(await HomeProcesses.EndAsync(weft.Home, TimeSpan.FromSeconds(5)));
        }
    }

    [Scene(Needs.Root), Trait("Tier", "ci")]
    public async Task Nothing_starts_without_room_and_nothing_stays()
    {
        foreach (string options in (string[])["size=64k", "size=1m,nr_inodes=5", "size=1m,nr_inodes=13", "size=1m,nr_inodes=16"])
        {
            await using SmallDisk disk = await SmallDisk.MountAsync(options);
            if (options == "size=64k")
            {
                disk.Fill();
            }

            string file = disk.Folder.File("lab.weft.yml");
            await File.WriteAllTextAsync(file, "networks: { lab: nat-network }\nvms: { alpha: [lab] }\n");
            WeftCommand weft = new($"{disk.Path}/home");
            Refusal refusal = Refusal.Parse(await weft.TryAsync("up", file));
            Assert.True(refusal.Code is "W2009" or "W2020" or "W2021", $"{options}: {refusal}");
            Assert.True(await HomeProcesses.EndAsync(weft.Home, TimeSpan.FromSeconds(5)), options);
        }
    }

    private static bool IsOfLeases(ProblemDocument problem) => problem.Text.StartsWith("leases are kept in memory only", StringComparison.Ordinal);

    /// <summary>A worker that dies while it writes leaves half a line; the next one has no room to write the file anew.</summary>
    private static async Task TearLeasesAndKillAsync(WeftCommand weft)
    {
        await File.AppendAllTextAsync($"{weft.Home}/state/leases", "0badc0de lea");
        using Process worker = Process.GetProcessById((await weft.StatusAsync()).Worker.Pid);
        worker.Kill();
    }

    private static string Stored(string home) => string.Join('\n', Directory.EnumerateFiles($"{home}/state", "*", SearchOption.AllDirectories)
        .Where(f => Path.GetFileName(f) != "leases").Order(StringComparer.Ordinal).Select(f => $"{f}\n{File.ReadAllText(f)}"));
}
