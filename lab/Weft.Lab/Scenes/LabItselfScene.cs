using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Scenes;

/// <summary>The lab's own instruments work, without any of Weft: guests boot, hear each other, keep their hands off the host, and go.</summary>
public sealed class LabItselfScene : IDisposable
{
    private const string Alpha = "52:54:00:00:00:01";
    private const string Beta = "52:54:00:00:00:02";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Scene(Needs.Uml)]
    public async Task Two_guests_on_a_hub_ping_each_other()
    {
        string socket = _folder.File("hub");
        using FrameHub hub = new(socket);

        Stopwatch boot = Stopwatch.StartNew();
        Task<UmlGuest> starting = Boot("alpha", UmlGuestSettings.SeqpacketNic(socket, Alpha), "10.9.0.1/24");
        await using UmlGuest beta = await Boot("beta", UmlGuestSettings.SeqpacketNic(socket, Beta), "10.9.0.2/24");
        await using UmlGuest alpha = await starting;
        Assert.True(boot.Elapsed < TimeSpan.FromSeconds(15), $"two guests took {boot.Elapsed.TotalSeconds:0.0} s to boot");

        GuestResult ping = await alpha.RunAsync("busybox ping -c 3 -W 5 10.9.0.2");
        Assert.True(ping.Ok, ping.Output);
        Assert.Contains("3 packets received", ping.Output);
    }

    [Scene(Needs.Uml)]
    public async Task Commands_run_side_by_side_and_tell_exit_and_output()
    {
        await using UmlGuest guest = await Boot("solo", nic: null, "none");

        Task<GuestResult> slow = guest.RunAsync("sleep 1; echo slow; exit 3");
        GuestResult quick = await guest.RunAsync("echo quick");
        Assert.False(slow.IsCompleted);
        Assert.Equal(new GuestResult(0, "quick\n"), quick);
        Assert.Equal(new GuestResult(3, "slow\n"), await slow);

        GuestResult much = await guest.RunAsync("seq 1 30000");
        Assert.Equal(string.Concat(Enumerable.Range(1, 30000).Select(i => $"{i}\n")), much.Output);

        GuestResult server = await guest.RunAsync("mkdir /run/www; busybox httpd -p 80 -h /run/www");
        Assert.True(server.Ok, server.Output);

        GuestResult endless = await guest.RunAsync("exec sleep 60", TimeSpan.FromSeconds(1));
        Assert.Equal(137, endless.Exit);
    }

    [Scene(Needs.Uml)]
    public async Task A_guest_cannot_change_the_hosts_files()
    {
        string file = _folder.File("kept");
        await File.WriteAllTextAsync(file, "mine");
        await using UmlGuest guest = await Boot("solo", nic: null, "none");

        GuestResult read = await guest.RunAsync($"cat {file}; echo x >{file}; echo nameserver 1.2.3.4 >/etc/resolv.conf; hostname");
        Assert.StartsWith("mine", read.Output);
        Assert.Contains("Read-only file system", read.Output);
        Assert.EndsWith("solo\n", read.Output);
        Assert.Equal("mine", await File.ReadAllTextAsync(file));
        Assert.DoesNotContain("1.2.3.4", File.Exists("/etc/resolv.conf") ? await File.ReadAllTextAsync("/etc/resolv.conf") : "");
    }

    [Scene(Needs.Uml)]
    public async Task A_disposed_guest_leaves_no_process()
    {
        UmlGuest guest = await Boot("solo", nic: null, "none");
        _ = guest.RunAsync("sleep 100", TimeSpan.FromSeconds(100)).ContinueWith(t => t.Exception, TaskScheduler.Default);
        await guest.RunAsync("true");
        Assert.True(ProcessSession.Members(guest.ProcessId).Length >= 3);

        await guest.DisposeAsync();
        Assert.Empty(ProcessSession.Members(guest.ProcessId));
    }

    [Scene(Needs.Uml)]
    public async Task A_killed_guest_fails_what_runs_in_it()
    {
        await using UmlGuest guest = await Boot("solo", nic: null, "none");
        Task<GuestResult> waiting = guest.RunAsync("sleep 100", TimeSpan.FromSeconds(100));
        await guest.RunAsync("true");

        await ProcessSession.EndAsync(guest.ProcessId);
        await Assert.ThrowsAsync<IOException>(() => waiting);
        await Assert.ThrowsAsync<IOException>(() => guest.RunAsync("true"));
    }

    private Task<UmlGuest> Boot(string name, string? nic, string addressing) =>
        UmlGuest.BootAsync(new UmlGuestSettings(name, _folder.File(name), nic) { Addressing = addressing });
}
