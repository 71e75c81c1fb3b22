using Weft.Linux;
using Weft.Linux.Processes;

namespace Weft.Keeper;

/// <summary>One worker process as the keeper sees it. There are two seats, the active one and the standby; objects are used again.</summary>
internal sealed class WorkerSeat
{
    public WorkerPhase Phase { get; set; }

    public int Pid { get; private set; }

    /// <summary>Readable when the process has ended; −1 without one.</summary>
    public int Pidfd { get; private set; } = -1;

    /// <summary>Its connection; −1 before it connects and after it hung up.</summary>
    public int Socket { get; set; } = -1;

    /// <summary>When it was started or, for one that was told to go, when that was; milliseconds.</summary>
    public long Since { get; set; }

    /// <summary>It has said that it serves turns.</summary>
    public bool HasServed { get; set; }

    /// <summary>Next slot to hand over.</summary>
    public int NextSlot { get; set; }

    /// <summary>The hand-over waits for room in the socket.</summary>
    public bool WantsRoom { get; set; }

    public void Take(int pid, int pidfd, long now)
    {
        (Pid, Pidfd, Since, Phase) = (pid, pidfd, now, WorkerPhase.Starting);
        (HasServed, WantsRoom, NextSlot) = (false, false, 0);
    }

    public void Kill() => ProcessCalls.Signal(Pidfd, ProcessCalls.SignalKill);

    public void CloseSocket()
    {
        if (Socket >= 0)
        {
            FileCalls.Close(Socket);
            Socket = -1;
        }
    }

    /// <summary>The process has ended: reaps it and leaves the seat free. An adopted worker is not our child; its end is unknown.</summary>
    public ProcessEnd? Leave()
    {
        bool known = ProcessCalls.Reap(Pidfd, out ProcessEnd end) == 0;
        FileCalls.Close(Pidfd);
        CloseSocket();
        Pidfd = -1;
        Phase = WorkerPhase.None;
        return known ? end : null;
    }
}
