using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Lab.Qemu;
using Weft.Model.Api;

namespace Weft.Lab;

/// <summary>A Weft of one scene's own: its home, its processes, the guests on it. Everything ends with it, or the scene fails.</summary>
internal sealed class WeftHome : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly ScratchFolder _folder = new();
    private readonly List<ConsoleGuest> _guests = [];

    public WeftHome(params string[] runner) => Weft = new WeftCommand(_folder.File("home"), runner);

    public ScratchFolder Folder => _folder;

    public WeftCommand Weft { get; }

    public string Home => Weft.Home;

    /// <summary>Writes the topology and brings it up.</summary>
    public static async Task<WeftHome> UpAsync(string topology, params string[] options)
    {
        WeftHome home = new();
        try
        {
            await home.ApplyAsync(topology, options);
            return home;
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    public async Task ApplyAsync(string topology, params string[] options)
    {
        string file = _folder.File("lab.weft.yml");
        await File.WriteAllTextAsync(file, topology);
        await Weft.RunAsync(["up", file, .. options]);
    }

    public Task<StatusDocument> StatusAsync() => Weft.StatusAsync();

    /// <summary>Boots the User-Mode Linux guest of a VM and waits for its address when it asks for one.</summary>
    public async Task<UmlGuest> BootAsync(string vm, string addressing = "dhcp", int memoryMiB = 96)
    {
        string[] nics = await Weft.UmlNicsAsync(vm);
        UmlGuestSettings settings = new(vm, _folder.File(vm), nics[0]) { Addressing = addressing, MemoryMiB = memoryMiB };
        return await AddAsync(await UmlGuest.BootAsync(settings), addressing);
    }

    /// <summary>The same with QEMU, attached by the lines as they are printed.</summary>
    public async Task<QemuGuest> BootQemuAsync(string vm, string addressing = "dhcp", int processors = 1)
    {
        QemuGuestSettings settings = new(vm, _folder.File($"{vm}-qemu"), await QemuLinesAsync(vm)) { Addressing = addressing, Processors = processors };
        return await AddAsync(await QemuGuest.BootAsync(settings), addressing);
    }

    /// <summary>The same with lines of the scene's own.</summary>
    public async Task<QemuGuest> BootQemuAsync(string vm, string[] lines) =>
        await AddAsync(await QemuGuest.BootAsync(new(vm, _folder.File($"{vm}-qemu"), lines)), "dhcp");

    /// <summary>The guest of a command that <c>weft run</c> adds the NICs to.</summary>
    public async Task<QemuGuest> RunQemuAsync(string vm, params string[] words)
    {
        QemuGuestSettings settings = new(vm, _folder.File($"{vm}-qemu"), words) { Runner = Weft.Line("run", vm, "--") };
        return await AddAsync(await QemuGuest.BootAsync(settings), "dhcp");
    }

    /// <summary>The same with User-Mode Linux.</summary>
    public async Task<UmlGuest> RunUmlAsync(string vm)
    {
        UmlGuestSettings settings = new(vm, _folder.File(vm), null) { Runner = Weft.Line("run", vm, "--") };
        return await AddAsync(await UmlGuest.BootAsync(settings), "dhcp");
    }

    /// <summary>A QEMU at the place of a VM that waits to become the guest of another one, with the MAC of that one's card.</summary>
    public async Task<QemuGuest> AwaitQemuAsync(string vm, string other)
    {
        PortDocument[] ports = (await StatusAsync()).Networks.Single().Ports;
        string MacOf(string name) => ports.Single(p => p.Vm == name).Mac;
        string[] lines = [.. (await QemuLinesAsync(vm)).Select(line => line.Replace(MacOf(vm), MacOf(other)))];
        return await AddAsync(await QemuGuest.BootAsync(new(vm, _folder.File($"{vm}-qemu"), lines) { Incoming = true }), "none");
    }

    /// <summary>SIGKILL to the worker; returns once the next one serves, with its status.</summary>
    public async Task<WorkerDocument> KillWorkerAsync()
    {
        int pid = (await StatusAsync()).Worker.Pid;
        Kill(pid);
        return await UntilAsync(async () => (await StatusAsync()).Worker, w => w.Pid != pid && w.Pid != 0 && w.State == "ok", "a new worker");
    }

    /// <summary>SIGKILL to weftd; the next command starts another.</summary>
    public async Task KillDaemonAsync() => Kill((await StatusAsync()).DaemonPid);

    /// <summary>SIGKILL to the keeper; returns once the worker is covered again.</summary>
    public async Task<WorkerDocument> KillKeeperAsync()
    {
        int[] keepers = HomeProcesses.Find(Home, "keeper");
        Kill(Assert.Single(keepers));
        return await UntilAsync(async () => (await StatusAsync()).Worker,
            w => w.State == "ok" && HomeProcesses.Find(Home, "keeper") is [var pid] && pid != keepers[0], "a new keeper");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_guests.Select(g => g.DisposeAsync().AsTask()));
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>The end of what Weft's processes logged, for when a scene fails.</summary>
    public string Logs() => Directory.Exists($"{Home}/run")
        ? string.Join('\n', Directory.EnumerateFiles($"{Home}/run", "*.log").Select(f => $"{Path.GetFileName(f)}: {string.Join('\n', File.ReadLines(f).TakeLast(20))}"))
        : "";

    private async Task<string[]> QemuLinesAsync(string vm) =>
        [.. (await Weft.RunAsync("vm", "args", vm, "--for", "qemu")).Split('\n').Where(l => l.StartsWith('-'))];

    private async Task<T> AddAsync<T>(T guest, string addressing)
        where T : ConsoleGuest
    {
        lock (_guests)
        {
            _guests.Add(guest);
        }

        if (addressing == "dhcp")
        {
            await guest.Lease.WaitAsync(Soon);
        }

        return guest;
    }

    private async Task EndAsync()
    {
        bool ended = true;
        if (Directory.Exists(Home))
        {
            GuestResult down = await Weft.TryAsync("down");
            ended = await HomeProcesses.EndAsync(Home, TimeSpan.FromSeconds(5)) && down.Ok;
        }

        string log = ended ? "" : Logs();
        _folder.Dispose();
        Assert.True(ended, $"weft down left processes behind. {log}");
    }

    private static void Kill(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        process.Kill();
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> good, string what)
    {
        T seen = await look();
        for (Stopwatch wait = Stopwatch.StartNew(); !good(seen) && wait.Elapsed < Soon; seen = await look())
        {
            await Task.Delay(20);
        }

        Assert.True(good(seen), $"waited for {what}, last saw {seen}");
        return seen;
    }
}
