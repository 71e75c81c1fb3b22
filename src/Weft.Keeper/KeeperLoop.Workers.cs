using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Processes;

namespace Weft.Keeper;

/// <summary>Lives of workers: start, hand-over, end, promotion.</summary>
internal sealed partial class KeeperLoop
{
    private const int StandbyDelayMilliseconds = 1000;
    private const int HelloMilliseconds = 30_000;
    private const int StopMilliseconds = 5_000;

    /// <summary>Takes a living worker that a keeper before us started; it tells its slots by and by.</summary>
    public void Adopt(int pid, int pidfd, int socket)
    {
        _active.Take(pid, pidfd, Now);
        _active.Socket = socket;
        _active.Phase = WorkerPhase.Active;
        _standbyAt = Now + StandbyDelayMilliseconds;
        KeeperLog.Write($"worker {pid} adopted");
    }

    private static long HelloLimit(WorkerSeat seat) => seat.Phase == WorkerPhase.Starting ? seat.Since + HelloMilliseconds : Never;

    /// <summary>Starts what is due. False when an orderly end is complete.</summary>
    private bool StartDue()
    {
        long now = Now;
        if (IsStopping)
        {
            return EndsLater(now);
        }
        KillIfMute(_active, now);
        KillIfMute(_standby, now);
        if (now >= _retryAt)
        {
            GoOn(_active);
        }
        if (_active.Phase == WorkerPhase.None && now >= _startAt)
        {
            StartActive(now);
        }
        if (_standby.Phase == WorkerPhase.None && now >= _standbyAt)
        {
            int result = Start(_standby, now);
            _standbyAt = result < 0 ? now + StandbyDelayMilliseconds : Never;
        }
        return true;
    }

    private static void KillIfMute(WorkerSeat seat, long now)
    {
        if (now >= HelloLimit(seat))
        {
            seat.Kill();
            seat.Since = now;
        }
    }

    private void StartActive(long now)
    {
        int result = Start(_active, now);
        if (result < 0)
        {
            _startAt = now + Math.Max(_restart.After(0, null), 1);
        }
        _standbyAt = now + StandbyDelayMilliseconds;
    }

    private int Start(WorkerSeat seat, long now)
    {
        int result = _starter.Start(inHurry: seat == _active && _table.Count > 0, out int pid, out int pidfd);
        if (result < 0)
        {
            KeeperLog.Write($"worker not started: {Errno.Text(result)}");
            return result;
        }
        seat.Take(pid, pidfd, now);
        return 0;
    }

    private bool Welcome(WorkerSeat seat)
    {
        _message.Begin(KeeperMessageKind.Memory);
        _message.Attach(_memory.Descriptor);
        if (_message.Send(seat.Socket) < 0)
        {
            return false;
        }
        seat.Phase = WorkerPhase.Waiting;
        if (seat == _active)
        {
            HandOver(seat);
        }
        return true;
    }

    /// <summary>Sends slots from where it stopped, then "go". What the socket does not take now goes later.</summary>
    private void HandOver(WorkerSeat seat)
    {
        seat.Phase = WorkerPhase.HandingOver;
        seat.WantsRoom = false;
        _retryAt = Never;
        int result = 0;
        while (seat.NextSlot < _table.End && result >= 0)
        {
            result = SendSlots(seat);
        }
        if (result >= 0)
        {
            _message.Begin(KeeperMessageKind.Go, _table.Count);
            result = _message.Send(seat.Socket);
        }
        if (result >= 0)
        {
            seat.Phase = WorkerPhase.Active;
            seat.Since = Now;
            Takeovers++;
        }
        else if (Errno.IsBusy(result))
        {
            TryLater(seat, result);
        }
        else
        {
            HangUp(seat);
        }
    }

    private void TryLater(WorkerSeat seat, int result)
    {
        if (result == -Errno.EAGAIN)
        {
            seat.WantsRoom = true;
        }
        else
        {
            // Too many descriptors in flight: no event tells when they have been read.
            _retryAt = Now + 1;
        }
    }

    /// <summary>Goes on with what the worker's socket did not take.</summary>
    private void GoOn(WorkerSeat seat)
    {
        if (seat.Phase == WorkerPhase.Active)
        {
            SendAccepted(seat);
        }
        else
        {
            HandOver(seat);
        }
    }

    private int SendSlots(WorkerSeat seat)
    {
        _message.Begin(KeeperMessageKind.Batch);
        int slot = seat.NextSlot;
        for (; slot < _table.End && _message.Count < KeeperMessage.MaxOperations; slot++)
        {
            if (_table[slot] >= 0)
            {
                _message.Add(slot, _table[slot]);
            }
        }
        int result = _message.Count == 0 ? 0 : _message.Send(seat.Socket);
        if (result >= 0)
        {
            seat.NextSlot = slot;
        }
        return result;
    }

    private void EndActive()
    {
        Drain(_active);
        long now = Now;
        long lived = now - _active.Since;
        int pid = _active.Pid;
        ProcessEnd? end = _active.Leave();
        _retryAt = Never;
        if (IsStopping)
        {
            return;
        }
        _startAt = now + _restart.After(lived, end);
        _standbyAt = Math.Max(_startAt, now) + StandbyDelayMilliseconds;
        (_active, _standby) = (_standby, _active);
        string next = _active.Phase switch
        {
            WorkerPhase.None => "a new one is started",
            WorkerPhase.Starting => "the standby, still starting, takes over",
            _ => "the standby takes over",
        };
        if (_active.Phase == WorkerPhase.Waiting)
        {
            HandOver(_active);
        }
        KeeperLog.Write($"worker {pid} ended after {lived} ms ({end?.ToString() ?? "how is unknown"}): {next}");
    }

    private void EndStandby()
    {
        int pid = _standby.Pid;
        ProcessEnd? end = _standby.Leave();
        _standbyAt = Now + StandbyDelayMilliseconds;
        KeeperLog.Write($"standby {pid} ended ({end?.ToString() ?? "how is unknown"})");
    }

    private void Stop()
    {
        _endAt = Now + StopMilliseconds;
        _table.DropAll();
        if (_standby.Phase != WorkerPhase.None)
        {
            _standby.Kill();
        }
    }

    /// <summary>Both processes have time to end; then they are killed, and given as long again to be gone.</summary>
    private bool EndsLater(long now)
    {
        if (_active.Phase == WorkerPhase.None && _standby.Phase == WorkerPhase.None)
        {
            return false;
        }
        if (now >= _endAt)
        {
            _active.Kill();
            _endAt = now + StopMilliseconds;
        }
        return true;
    }
}
