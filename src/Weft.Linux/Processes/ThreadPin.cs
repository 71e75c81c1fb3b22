namespace Weft.Linux.Processes;

/// <summary>Keeps the calling thread on one processor (sched_setaffinity(2)).</summary>
public static unsafe class ThreadPin
{
    /// <summary>Processors that one mask holds.</summary>
    public const int MaxProcessors = 1024;

    private const int WordBits = 64;
    private const int Words = MaxProcessors / WordBits;

    /// <summary>0 or a negated errno: −EINVAL for a processor that is not there, or not ours.</summary>
    public static int Pin(int processor)
    {
        if ((uint)processor >= MaxProcessors)
        {
            return -Errno.EINVAL;
        }
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        mask[processor / WordBits] = 1UL << (processor % WordBits);
        return Seam.Result(Libc.sched_setaffinity(0, Words * sizeof(ulong), mask));
    }

    /// <summary>True when this process may run there.</summary>
    public static bool IsAllowed(int processor)
    {
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        int result = Seam.Result(Libc.sched_getaffinity(0, Words * sizeof(ulong), mask));
        return result >= 0 && (uint)processor < MaxProcessors && (mask[processor / WordBits] >> (processor % WordBits) & 1) != 0;
    }
}
