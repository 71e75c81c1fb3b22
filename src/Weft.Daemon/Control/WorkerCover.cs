using Weft.Daemon.Host;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Processes;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Daemon.Control;

/// <summary>
/// Theory. The daemon's hold on worker and keeper. Each of the three may die at any time:
///   worker   its keeper starts another; our link breaks, and a new one finds the same records
///   keeper   the worker serves on, uncovered (it says so in the shared memory); a new keeper is started to adopt it
///   both     a keeper is started cold; the new worker is empty, and the steward gives it everything again
///   weftd    the next one links to the running worker
/// A keeper that finds another one alive ends by itself, so starting one too many is harmless.
/// </summary>
internal sealed class WorkerCover(DaemonParts parts) : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>A worker that finds no room for its socket ends and is started again; nobody but the disk says why.</summary>
    private const int LooksPerProbe = 100;

    private readonly TimeProvider _time = parts.Time;
    private long? _lastStart;
    private long? _lostSince;

    /// <summary>The link made last; each worker life has its own.</summary>
    public WorkerLink? Link { get; private set; }

    public bool IsUp => Link is { IsAlive: true };

    /// <summary>A keeper listens: where no worker answers, it is bringing one.</summary>
    private bool HasKeeper => UnixListeners.Exists(parts.Home.KeeperSocket);

    /// <summary>Links to a running worker, if there is one.</summary>
    public bool TryAttach()
    {
        if (IsUp)
        {
            return true;
        }
        WorkerLink? next = WorkerLink.TryOpen(parts.Home.WorkerSocket);
        if (next is null)
        {
            return false;
        }
        Link?.Dispose();
        Link = next;
        _lostSince = null;
        parts.Log.Write($"linked to worker {next.Read(s => s.Worker.Pid)}, life {next.Read(s => s.Worker.Generation)}");
        return true;
    }

    /// <summary>Links to the worker, after starting a keeper when none answers.</summary>
    /// <exception cref="WeftException">None could be started.</exception>
    public async Task RequireAsync()
    {
        if (!TryAttach() && !HasKeeper)
        {
            RequireRoom();
            StartKeeper(adopt: false);
        }
        long began = _time.GetTimestamp();
        for (int looks = 1; !TryAttach(); looks++)
        {
            if (looks % LooksPerProbe == 0)
            {
                RequireRoom();
            }
            if (_time.GetElapsedTime(began) > StartLimit)
            {
                throw new WeftException(new WeftError(ErrorCode.WorkerUnreachable, "the worker does not answer",
                    $"it had {StartLimit.TotalSeconds:0} s to start; the logs of worker and keeper are in {parts.Home.Run}",
                    $"tail {ShellWord.Of($"{parts.Home.Run}/keeper.log")} && weft up"));
            }
            await Task.Delay(Step);
        }
    }

    /// <summary>One look, about once a second: mends what is broken.</summary>
    public void Tend()
    {
        parts.Keepers.Reap();
        if (TryAttach())
        {
            if (Link!.Read(s => s.Worker.Covered) == 0 && MayStart())
            {
                parts.Log.Write("the worker has no keeper: starting one to adopt it");
                StartKeeper(adopt: true);
            }
            return;
        }
        _lostSince ??= _time.GetTimestamp();
        if (!HasKeeper && _time.GetElapsedTime(_lostSince.Value) > Patience && MayStart())
        {
            parts.Log.Write("no worker answers: starting a keeper");
            StartKeeper(adopt: false);
        }
    }

    /// <summary>Ends the worker, and the keeper with it; returns when both are gone, or after a while. Their sockets go too.</summary>
    public async Task StopAsync()
    {
        if (TryAttach())
        {
            AskStop();
            long began = _time.GetTimestamp();
            while (_time.GetElapsedTime(began) < StartLimit && (IsUp || UnixListeners.Exists(parts.Home.WorkerSocket) || HasKeeper))
            {
                await Task.Delay(Step);
            }
        }
        await EndKeeperAsync();
        parts.Keepers.Reap();
        Link?.Dispose();
        Link = null;
        foreach (string left in (string[])[parts.Home.WorkerSocket, parts.Home.KeeperSocket, .. parts.Files.List(parts.Home.Ports)])
        {
            // A process that was killed leaves its sockets lying.
            parts.Files.Delete(left);
        }
    }

    /// <summary>A keeper whose workers come to nothing has nobody to tell it to end. Without a worker it holds nothing.</summary>
    private async Task EndKeeperAsync()
    {
        long began = _time.GetTimestamp();
        while (HasKeeper && !IsUp && _time.GetElapsedTime(began) < Patience)
        {
            KillKeeper();
            await Task.Delay(Step);
        }
    }

    private void KillKeeper()
    {
        if (UnixSockets.ListenerOf(parts.Home.KeeperSocket, SocketConstants.TypeSeqpacket, out UnixPeer keeper) != 0)
        {
            return;
        }
        int pidfd = ProcessCalls.OpenProcess(keeper.Process);
        if (pidfd >= 0)
        {
            parts.Log.Write($"keeper {keeper.Process} has no worker that serves: it is ended");
            ProcessCalls.Signal(pidfd, ProcessCalls.SignalKill);
            FileCalls.Close(pidfd);
        }
    }

    private void RequireRoom()
    {
        if (HomeRoom.Fault(parts.Home) is { } full)
        {
            throw new WeftException(full);
        }
    }

    private void AskStop()
    {
        try
        {
            Link!.Ask(CommandKind.Stop, 0);
        }
        catch (WorkerGoneException)
        {
            // It went before it could answer.
        }
    }

    public void Dispose() => Link?.Dispose();

    private bool MayStart() => _lastStart is not { } last || _time.GetElapsedTime(last) > Patience;

    private void StartKeeper(bool adopt)
    {
        try
        {
            _lastStart = _time.GetTimestamp();
            parts.Keepers.Start(adopt);
        }
        catch (IOException problem)
        {
            throw new WeftException(new WeftError(ErrorCode.KeeperFailed, "the keeper cannot be started",
                problem.Message.ReplaceLineEndings(" "), "weft up"));
        }
    }
}
