using System.Diagnostics;
using Weft.Cli.Demo;

namespace Weft.Lab.Qemu;

/// <summary>
/// A QEMU guest: a PC with an emulated processor, Debian's kernel, an initramfs, and the same console as a User-Mode Linux
/// guest (guest-init.sh), over its first serial line. What attaches it is used as Weft prints it, word by word.
/// </summary>
internal sealed class QemuGuest : ConsoleGuest
{
    private const string MonitorFile = "qmp";
    private const string IncomingFile = "incoming";

    private readonly string _folder;

    private QemuGuest(QemuGuestSettings settings, string initramfs)
        : base(settings.Name, settings.Folder, Arguments(settings, initramfs)) => _folder = settings.Folder;

    protected override TimeSpan CommandLimit => TimeSpan.FromSeconds(60);

    public static async Task<QemuGuest> BootAsync(QemuGuestSettings settings)
    {
        Directory.CreateDirectory(settings.Folder);
        string initramfs = await QemuKernel.InitramfsAsync(settings.Folder);
        QemuGuest guest = new(settings, initramfs);
        if (!settings.Incoming)
        {
            await guest.AwaitBootAsync(settings.BootLimit);
        }
        return guest;
    }

    /// <summary>Reboots from inside, QEMU going on, and waits until commands are taken again.</summary>
    public async Task RebootAsync(TimeSpan limit)
    {
        int boots = Console.Boots;
        _ = RunAsync("reboot -f").ContinueWith(t => t.Exception, TaskScheduler.Default);
        for (Stopwatch wait = Stopwatch.StartNew(); Console.Boots == boots; await Task.Delay(50))
        {
            Assert.True(wait.Elapsed < limit, $"{Name} does not come back; it said: {Console.Noise}");
        }
    }

    /// <summary>Waits until QEMU has ended by itself; its exit code.</summary>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        await Process.WaitForExitAsync().WaitAsync(limit);
        return Process.ExitCode;
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
            string ended = target.Process.WaitForExit(1000) ? $" and ended with {target.Process.ExitCode}" : "";
            throw new IOException($"{Name} does not move: {e.Message}; it said: {Console.Noise}; {target.Name} said: {target.Console.Noise}{ended}", e);
        }
    }

    private static string[] Arguments(QemuGuestSettings settings, string initramfs) =>
    [
        .. settings.Runner,
        .. $"qemu-system-x86_64 -accel tcg -smp {settings.Processors} -nodefaults -nographic -serial stdio".Split(' '),
        .. settings.Lines.SelectMany(line => line.Split(' ', 2)),
        "-qmp", $"unix:{Path.Combine(settings.Folder, MonitorFile)},server=on,wait=off",
        .. settings.Incoming ? (string[])["-incoming", $"unix:{Path.Combine(settings.Folder, IncomingFile)}"] : [],
        "-kernel", QemuKernel.Image,
        "-initrd", initramfs,
        "-append", $"console=ttyS0 quiet panic=-1 weft.name={settings.Name} weft.net={settings.Addressing}",
    ];
}
