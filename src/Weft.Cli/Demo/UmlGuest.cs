using System.Diagnostics;

namespace Weft.Cli.Demo;

/// <summary>
/// A User-Mode Linux guest: a real Linux kernel as an ordinary process, with the host's files as its
/// read-only root and commands over its console.
/// </summary>
/// <remarks>
/// Theory.
/// The kernel runs in a session of its own (setsid), because it is several processes: the kernel, its
/// two helper threads and one stub per address space. They share nothing but the session, so ending a
/// guest is ending its session (<see cref="ProcessSession"/>). Its root is read-only and its memory an
/// unlinked file, so SIGKILL loses nothing.
/// Console lines are described in guest-init.sh; <see cref="GuestConsole"/> speaks them.
/// Boot takes 0.3 s instead of 1.5: the self-measuring of RAID-6 and of the delay loop, the legacy
/// terminals and zswap are left out by kernel argument.
/// </remarks>
internal sealed class UmlGuest : IGuest
{
    private const string FastBoot =
        "quiet lpj=17244160 initcall_blacklist=raid6_select_algo,init_zswap pty.legacy_count=0";

    private readonly Process _kernel;
    private readonly GuestConsole _console;
    private bool _disposed;

    private UmlGuest(string name, Process kernel)
    {
        Name = name;
        _kernel = kernel;
        ProcessId = kernel.Id;
        _console = new GuestConsole(name, kernel);
    }

    public string Name { get; }

    /// <summary>The kernel's process id, which is its session's too.</summary>
    public int ProcessId { get; }

    public Task<GuestLease> Lease => _console.Lease;

    /// <summary>Starts a guest and waits until it takes commands. The folder is the guest's own and must have a short path.</summary>
    public static async Task<UmlGuest> BootAsync(UmlGuestSettings settings, CancellationToken cancel = default)
    {
        Directory.CreateDirectory(settings.Folder);
        string init = Path.Combine(settings.Folder, "init");
        await File.WriteAllTextAsync(init, DemoFiles.GuestInit, cancel);

        ProcessStartInfo start = new("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = settings.Folder,
        };
        foreach (string argument in Arguments(settings, init))
        {
            start.ArgumentList.Add(argument);
        }

        UmlGuest guest = new(settings.Name, Process.Start(start)!);
        try
        {
            await guest._console.Ready.WaitAsync(settings.BootLimit, cancel);
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
        _console.RunAsync(command, limit ?? TimeSpan.FromSeconds(30), cancel);

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _console.DisposeAsync();
        await ProcessSession.EndAsync(ProcessId);
        await _kernel.WaitForExitAsync();
        _kernel.Dispose();
    }

    private static string[] Arguments(UmlGuestSettings settings, string init) =>
    [
        "linux.uml",
        $"mem={settings.MemoryMiB}M",
        $"uml_dir={settings.Folder}",
        $"umid={settings.Name}",
        .. "root=none rootfstype=hostfs rootflags=/ ro con=null con0=fd:0,fd:1".Split(' '),
        .. FastBoot.Split(' '),
        $"weft.name={settings.Name}",
        $"weft.net={settings.Addressing}",
        .. settings.Nic is null ? Array.Empty<string>() : [settings.Nic],
        .. (string[])["init=/bin/busybox", "--", "sh", init],
    ];
}
