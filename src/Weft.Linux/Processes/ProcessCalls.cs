namespace Weft.Linux.Processes;

/// <summary>Calls about processes and their limits, through the seam. Results below zero are negated errno values.</summary>
public static unsafe class ProcessCalls
{
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;

    private const long PidfdSendSignal = 424;
    private const long PidfdOpen = 434;
    private const int SetName = 15;
    private const int SetTimerSlack = 29;
    private const int SetNoNewPrivileges = 38;
    private const int WaitByPidfd = 3;
    private const int WaitExited = 4;
    private const int WaitNoHang = 1;
    private const int LimitDescriptors = 7;
    private const int NewNetwork = 0x40000000;

    public static int Self => Libc.getpid();

    public static uint EffectiveUser => Libc.geteuid();

    /// <summary>A descriptor that becomes readable when the process has ended, whoever its parent is.</summary>
    public static int OpenProcess(int pid)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return (int)Seam.Result((nint)Libc.syscall(PidfdOpen, pid, 0, 0, 0));
    }

    /// <summary>Sends a signal to exactly that process: a pidfd never means a later one with the same number.</summary>
    public static int Signal(int pidfd, int signal)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return (int)Seam.Result((nint)Libc.syscall(PidfdSendSignal, pidfd, signal, 0, 0));
    }

    /// <summary>Reaps an ended child; −ECHILD for a process that is not ours, −EAGAIN when it still runs.</summary>
    public static int Reap(int pidfd, out ProcessEnd end)
    {
        end = default;
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        byte* info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        int result = Seam.Result(Libc.waitid(WaitByPidfd, (uint)pidfd, info, WaitExited | WaitNoHang));
        if (result < 0)
        {
            return result;
        }
        const int codeAt = 8;
        const int pidAt = 16;
        const int statusAt = 24;
        if (*(int*)(info + pidAt) == 0)
        {
            return -Errno.EAGAIN;
        }
        end = new ProcessEnd(*(int*)(info + codeAt) != 1, *(int*)(info + statusAt));
        return 0;
    }

    /// <summary>The calling thread's name, at most 15 bytes; the process's when the main thread calls.</summary>
    public static int NameThread(string name)
    {
        fixed (byte* at = PathBytes.From(name))
        {
            return Control(SetName, (nuint)at);
        }
    }

    /// <summary>How late timers of the calling thread may be.</summary>
    public static int SetSlack(uint nanoseconds) => Control(SetTimerSlack, nanoseconds);

    /// <summary>No program started from here on gains privileges by set-uid bits.</summary>
    public static int RefuseNewPrivileges() => Control(SetNoNewPrivileges, 1);

    /// <summary>Raises the soft limit of descriptors to the hard one; the limit that holds now, or below zero.</summary>
    public static int RaiseDescriptorLimit()
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        ulong* limits = stackalloc ulong[2];
        int result = Seam.Result(Libc.getrlimit(LimitDescriptors, limits));
        if (result >= 0 && limits[0] < limits[1])
        {
            limits[0] = limits[1];
            result = Seam.Result(Libc.setrlimit(LimitDescriptors, limits));
        }
        return result < 0 ? result : (int)Math.Min(limits[0], 1 << 20);
    }

    /// <summary>Puts the calling thread into a network namespace.</summary>
    internal static int EnterNetwork(int namespaceDescriptor)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.setns(namespaceDescriptor, NewNetwork));
    }

    private static int Control(int option, nuint argument)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.prctl(option, argument, 0, 0, 0));
    }
}
