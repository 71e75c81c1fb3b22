using Weft.Cli.Demo;
using Weft.Engine.State;
using Weft.Lab.Guests;
using Weft.Lab.Load;
using Weft.Model.Api;

namespace Weft.Lab.Seeing;

/// <summary>What a guest's owner sees with <c>weft capture</c>: the frames of several points in one file that tshark finds no fault with.</summary>
public sealed class CaptureScene
{
    [Scene(Needs.Tap)]
    public async Task A_network_is_captured_with_its_gateway_and_every_drop_says_why()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2);
        string file = lab.Home.Folder.File("lab.pcapng");
        using RunningWeft capture = new(lab.Home, "capture", "lab", "--drops", "-w", file);
        await CaptureFiles.BeginsAsync(file, lab.Home);
        await lab.Guests[0].MustAsync($"ping -c 5 -i 0.1 {lab.Leases[1].Address}");
        await lab.Guests[0].MustAsync($"ping -c 3 -i 0.1 {lab.Gateway}");
        WorkerDoor.Impair(lab.Home.Home, "vm2:1", new ImpairmentRecord { Loss = 1_000_000, Seed = 3 });
        await lab.Guests[0].MustAsync($"ping -c 2 -i 0.1 -W 1 {lab.Leases[1].Address} || true");
        WorkerDoor.Impair(lab.Home.Home, "vm2:1", default);
        await lab.Guests[0].MustAsync($"ping -c 1 {lab.Leases[1].Address}");
        string said = await capture.InterruptAsync();

        Assert.Contains("none missed", said);
        Assert.Empty(await CaptureFiles.ReadAsync(file, "_ws.malformed", "frame.number"));
        string[][] echoes = await CaptureFiles.ReadAsync(file, "icmp.type == 8", "frame.interface_name", "frame.packet_flags_direction", "icmp.seq", "frame.comment", "ip.dst");
        string Count(string point, int direction, string to) =>
            $"{echoes.Count(e => e[0] == point && Convert.ToInt32(e[1], 16) == direction && e[4] == to && e[3].Length == 0)}";
        string vm2 = lab.Leases[1].Address;
        Assert.Equal(("8", "6"), (Count("vm1:1", 1, vm2), Count("vm2:1", 2, vm2)));
        Assert.Equal(("3", "3"), (Count("vm1:1", 1, lab.Gateway), Count("lab/gateway", 2, lab.Gateway)));
        Assert.Equal(["dropped: impaired", "dropped: impaired"], echoes.Where(e => e[0] == "vm2:1" && e[3].Length > 0).Select(e => e[3]));
        double[] times = [.. (await CaptureFiles.ReadAsync(file, "frame", "frame.time_epoch")).Select(t => double.Parse(t[0], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(times.Order(), times);
        Assert.Null(lab.Home.Weft.StatusAsync().Result.Problems.FirstOrDefault());
    }

    [Scene(Needs.Tap)]
    public async Task A_pipe_gets_frames_at_once_and_the_capture_goes_on_with_the_next_worker()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        string file = lab.Home.Folder.File("piped.pcapng");
        using RunningWeft capture = new(lab.Home, "capture", "vm1:1", "-w", "-", "--filter", "icmp");
        await using FileStream written = new(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Task copied = capture.Output.BaseStream.CopyToAsync(written);
        await CaptureFiles.BeginsAsync(file, lab.Home);
        await lab.Guest.MustAsync($"ping -c 2 -i 0.2 {lab.Gateway}");
        await Eventually.Async(() => new FileInfo(file).Length > 500, "frames in the pipe");
        int before = (await CaptureFiles.ReadAsync(file, "icmp.type == 0", "icmp.seq")).Length;
        Assert.Equal(2, before);

        await lab.Home.KillWorkerAsync();
        await EndsAsync(lab.Home, c => c.Restarts == 1);
        await lab.Guest.MustAsync($"ping -c 3 -i 0.1 {lab.Gateway}");
        string said = await capture.InterruptAsync();
        await copied;
        await written.FlushAsync();

        Assert.Contains("the worker was replaced once", said);
        Assert.Equal(5, (await CaptureFiles.ReadAsync(file, "icmp.type == 0", "icmp.seq")).Length);
        Assert.Empty(await CaptureFiles.ReadAsync(file, "_ws.malformed || !(icmp || icmpv6)", "frame.number"));
    }

    [Scene(Needs.Tap)]
    public async Task A_capture_ends_with_its_client_and_at_its_limits()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        string file = lab.Home.Folder.File("killed.pcapng");
        using (RunningWeft killed = new(lab.Home, "capture", "lab", "-w", file))
        {
            await CaptureFiles.BeginsAsync(file, lab.Home);
            killed.Kill();
        }
        await EndsAsync(lab.Home, c => c.Ended == "its reader left");

        using RunningWeft counted = new(lab.Home, "capture", "vm1:1", "--count", "4", "--snap", "60", "-w", file);
        await EndsAsync(lab.Home, c => c.Ended is null);
        await lab.Guest.MustAsync($"ping -c 5 -i 0.1 {lab.Gateway}");
        Assert.Contains("4 frames", await counted.EndAsync());
        string[][] frames = await CaptureFiles.ReadAsync(file, "frame", "frame.cap_len");
        Assert.Equal((4, true), (frames.Length, frames.All(f => int.Parse(f[0]) <= 60)));

        using RunningWeft limited = new(lab.Home, "capture", "vm1:1", "--size-limit", "20000", "-w", file);
        await EndsAsync(lab.Home, c => c.Ended is null);
        await lab.Guest.MustAsync($"ping -c 40 -i 0.01 -s 1000 {lab.Gateway}");
        Assert.Contains("size limit", await limited.EndAsync());
        Assert.InRange(new FileInfo(file).Length, 15_000, 20_000);
        Assert.Empty(await CaptureFiles.ReadAsync(file, "_ws.malformed", "frame.number"));

        GuestResult timed = await lab.Home.Weft.TryAsync("capture", "vm1:1", "--for", "0.3", "-w", file);
        Assert.Contains("its time is over", timed.Text);
        GuestResult refused = await lab.Home.Weft.TryAsync("capture", "vm1:1", "-w", "/no/such/folder/x");
        Assert.Equal(1, refused.Exit);
    }

    /// <summary>The file holds its section: the worker captures.</summary>
    /// <summary>The newest capture is so.</summary>
    private static async Task EndsAsync(WeftHome home, Func<CaptureDocument, bool> good)
    {
        using Weft.Cli.Client.ApiClient client = new(new Weft.Model.HomeFolder(home.Home));
        await Eventually.Async(() => client.Get(ApiPaths.Captures, ApiJson.Default.CaptureList).Items is [.., var last] && good(last), "the capture's state");
    }
}
