using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Processes;

namespace Weft.Lab.Survival;

/// <summary>A home's workers from outside: who serves, who stands by, and their ends. Looks into the shared memory, which every worker inherits.</summary>
internal sealed class WorkerWatch : IDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);

    private readonly string _home;
    private WorkerLink _link;

    private WorkerWatch(string home, WorkerLink link) => (_home, _link) = (home, link);

    public WorkerStatus Status => _link.Read(s => s.Worker);

    public bool IsServing => Status is var s && s.Serving >= s.ThisStart && Alive(s.Pid);

    /// <summary>Serving, standing by and starting ones.</summary>
    public int[] Processes => HomeProcesses.Find(_home, "worker");

    public static async Task<WorkerWatch> OpenAsync(string home) => new(home, await LinkAsync(home));

    /// <summary>Arms the fault seam of the running worker, or disarms it. False when it died before it answered: that was the call.</summary>
    public async Task<bool> ArmAsync(FaultRecord fault)
    {
        if (!_link.IsAlive)
        {
            _link.Dispose();
            _link = await LinkAsync(_home);
        }

        try
        {
            Assert.Equal(0, _link.Ask(CommandKind.ArmFault, 0, in fault).Error);
            return true;
        }
        catch (WorkerGoneException)
        {
            return false;
        }
    }

    /// <summary>SIGKILL to the serving worker; in the middle of a takeover to whoever is taking over. False when nobody lives.</summary>
    public bool Kill()
    {
        int pid = Status.Pid;
        return Kill(pid) || Processes.Any(Kill);
    }

    /// <summary>SIGKILL to all of them. How many there were.</summary>
    public int KillAll() => Processes.Count(Kill);

    /// <summary>Waits until a life after that one serves.</summary>
    public Task ServesAsync(uint after) => UntilAsync(() => IsServing && Status.Generation > after, "a serving worker");

    /// <summary>Waits until the standby is there and has nothing left to warm up.</summary>
    public async Task StandbyAsync()
    {
        int[] standbys = [];
        await UntilAsync(() => (standbys = [.. Processes.Where(p => p != Status.Pid)]).Length == 1, "a standby");
        long used = -1, before;
        Stopwatch wait = Stopwatch.StartNew();
        do
        {
            before = used;
            await Task.Delay(300);
            used = ProcessorTicks(standbys[0]);
        }
        while (used != before && wait.Elapsed < Generous);
    }

    public void Dispose() => _link.Dispose();

    private static async Task<WorkerLink> LinkAsync(string home)
    {
        WorkerLink? link = null;
        await UntilAsync(() => (link = WorkerLink.TryOpen(Path.Combine(home, "run", "worker.sock"))) is not null, "a worker that answers");
        return link!;
    }

    private static async Task UntilAsync(Func<bool> there, string what)
    {
        for (Stopwatch wait = Stopwatch.StartNew(); !there(); await Task.Delay(2))
        {
            Assert.True(wait.Elapsed < Generous, $"waited for {what}");
        }
    }

    private static bool Kill(int pid)
    {
        int pidfd = ProcessCalls.OpenProcess(pid);
        if (pidfd < 0)
        {
            return false;
        }

        bool killed = Alive(pid) && ProcessCalls.Signal(pidfd, ProcessCalls.SignalKill) == 0;
        FileCalls.Close(pidfd);
        return killed;
    }

    private static bool Alive(int pid) => Stat(pid) is [var state, ..] && state is not ("Z" or "X");

    private static long ProcessorTicks(int pid) => Stat(pid) is { Length: > 12 } stat ? long.Parse(stat[11]) + long.Parse(stat[12]) : 0;

    /// <summary>/proc/PID/stat from the state on; empty when it is gone.</summary>
    private static string[] Stat(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
