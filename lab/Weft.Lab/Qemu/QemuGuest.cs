using System.Diagnostics;
using Weft.Cli.Demo;

namespace Weft.Lab.Qemu;

/// <summary>
/// A QEMU guest: a PC with an emulated processor, Debian's kernel, an initramfs, and the same console as a User-Mode Linux
/// guest (guest-init.sh), over its first serial line. What attaches it is used as Weft prints it, word by word.
/// </summary>
internal sealed class QemuGuest : IGuest
{
    private const string MonitorFile = "qmp";
    private const string IncomingFile = "incoming";

    private readonly string _folder;
    private readonly Process _qemu;
    private readonly GuestConsole _console;
    private bool _disposed;

    private QemuGuest(QemuGuestSettings settings, Process qemu)
    {
        Name = settings.Name;
        _folder = settings.Folder;
        _qemu = qemu;
        ProcessId = qemu.Id;
        _console = new GuestConsole(settings.Name, qemu);
    }

    public string Name { get; }

    public int ProcessId { get; }

    public Task<GuestLease> Lease => _console.Lease;

    public static async Task<QemuGuest> BootAsync(QemuGuestSettings settings)
    {
        Directory.CreateDirectory(settings.Folder);
        string initramfs = await QemuKernel.InitramfsAsync(settings.Folder);
        QemuGuest guest = new(settings, Process.Start(new ProcessStartInfo("setsid", Arguments(settings, initramfs))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = settings.Folder,
        })!);
        try
        {
            await (settings.Incoming ? Task.CompletedTask : guest._console.Ready.WaitAsync(settings.BootLimit));
            return guest;
        }
        catch (Exception e)
        {
            string said = guest._console.Noise;
            await guest.DisposeAsync();
            throw e is TimeoutException ? new TimeoutException($"{settings.Name} did not boot in time; it said: {said}") : e;
        }
    }

    public Task<GuestResult> RunAsync(string command, TimeSpan? limit = null, CancellationToken cancel = default) =>
        _console.RunAsync(command, limit ?? TimeSpan.FromSeconds(60), cancel);

    /// <summary>Reboots from inside, QEMU going on, and waits until commands are taken again.</summary>
    public async Task RebootAsync(TimeSpan limit)
    {
        int boots = _console.Boots;
        _ = RunAsync("reboot -f").ContinueWith(t => t.Exception, TaskScheduler.Default);
        for (Stopwatch wait = Stopwatch.StartNew(); _console.Boots == boots; await Task.Delay(50))
        {
            Assert.True(wait.Elapsed < limit, $"{Name} does not come back; it said: {_console.Noise}");
        }
    }

    public Task<QemuMonitor> MonitorAsync() => QemuMonitor.OpenAsync(Path.Combine(_folder, MonitorFile));

    /// <summary>Live migration: this guest goes on in the QEMU that waits for it, with another console; this one stands still then.</summary>
    public async Task MoveToAsync(QemuGuest target, TimeSpan limit)
    {
        try
        {
            using QemuMonitor from = await MonitorAsync(), to = await target.MonitorAsync();
            await from.RunAsync("migrate", new { uri = $"unix:{Path.Combine(target._folder, IncomingFile)}" });
            await from.UntilAsync("query-migrate", "completed", limit);
            await to.UntilAsync("query-status", "running", limit);
        }
        catch (Exception e)
        {
            string ended = target._qemu.WaitForExit(1000) ? $" and ended with {target._qemu.ExitCode}" : "";
            throw new IOException($"{Name} does not move: {e.Message}; it said: {_console.Noise}; {target.Name} said: {target._console.Noise}{ended}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _console.DisposeAsync();
        await ProcessSession.EndAsync(ProcessId);
        await _qemu.WaitForExitAsync();
        _qemu.Dispose();
    }

    private static string[] Arguments(QemuGuestSettings settings, string initramfs) =>
    [
        .. $"qemu-system-x86_64 -accel tcg -smp {settings.Processors} -nodefaults -nographic -serial stdio".Split(' '),
        .. settings.Lines.SelectMany(line => line.Split(' ', 2)),
        "-qmp", $"unix:{Path.Combine(settings.Folder, MonitorFile)},server=on,wait=off",
        .. settings.Incoming ? (string[])["-incoming", $"unix:{Path.Combine(settings.Folder, IncomingFile)}"] : [],
        "-kernel", QemuKernel.Image,
        "-initrd", initramfs,
        "-append", $"console=ttyS0 quiet panic=-1 weft.name={settings.Name} weft.net={settings.Addressing}",
    ];
}
