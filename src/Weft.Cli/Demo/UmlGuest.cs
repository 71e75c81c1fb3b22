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
internal sealed class UmlGuest : ConsoleGuest
{
    private const string FastBoot =
        "quiet lpj=17244160 initcall_blacklist=raid6_select_algo,init_zswap pty.legacy_count=0";

    private UmlGuest(UmlGuestSettings settings, string init)
        : base(settings.Name, settings.Folder, Arguments(settings, init))
    {
    }

    protected override TimeSpan CommandLimit => TimeSpan.FromSeconds(30);

    /// <summary>Starts a guest and waits until it takes commands. The folder is the guest's own and must have a short path.</summary>
    public static async Task<UmlGuest> BootAsync(UmlGuestSettings settings, CancellationToken cancel = default)
    {
        Directory.CreateDirectory(settings.Folder);
        string init = Path.Combine(settings.Folder, "init");
        await File.WriteAllTextAsync(init, DemoFiles.GuestInit, cancel);

        UmlGuest guest = new(settings, init);
        await guest.AwaitBootAsync(settings.BootLimit, cancel);
        return guest;
    }

    private static string[] Arguments(UmlGuestSettings settings, string init) =>
    [
        .. settings.Runner,
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
