using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.Engine.State;

namespace Weft.Linux;

/// <summary>
/// Theory. Every system call of the house passes here, so that a test can put a fault at any one of them: die just before
/// or just after the n-th call, have it fail with an errno, or be late. A crash between two calls is where a design of
/// survival is right or wrong; killing at random moments finds such a place by luck, killing at each n finds it surely.
///
/// A wrapper asks <see cref="Refuses"/> first and passes the raw result through <see cref="Result(nint)"/>, which also turns
/// "−1 and errno" into a negative errno. Unarmed this costs one predictable branch on a static at either side.
///
/// errno is read by <see cref="Marshal.GetLastSystemError"/> right after a failed call: the runtime preserves it over the
/// way back into managed code (that is what its own SetLastError marshalling relies on), and successes pay nothing.
///
/// Calls are counted while armed, over all threads of the process; waits of a lane and wake-ups count as calls too.
/// </summary>
public static class Seam
{
    private const int SignalKill = 9;

    // No initializers: a static constructor would put a check in front of every call.
    private static bool s_armed;
    private static bool s_killPending;
    private static long s_calls;
    private static FaultRecord s_fault;

    /// <summary>System calls since the seam was armed; stands still when it is not.</summary>
    public static long Calls => Volatile.Read(ref s_calls);

    /// <summary>Arms one fault at the <see cref="FaultRecord.AtCall"/>-th call from now (1 = the next).
    /// <see cref="FaultKind.None"/> with a non-zero AtCall only counts; with zero it disarms.</summary>
    public static void Arm(in FaultRecord fault)
    {
        s_armed = false;
        Thread.MemoryBarrier();
        s_fault = fault;
        s_calls = 0;
        s_killPending = false;
        Thread.MemoryBarrier();
        s_armed = fault.Kind != FaultKind.None || fault.AtCall != 0;
    }

    /// <summary>Before a call: true when it must not be made, with what it shall answer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Refuses(out int answer)
    {
        answer = 0;
        return s_armed && Enter(out answer);
    }

    /// <summary>After a call: the result, or the negated errno when it is below zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nint Result(nint raw) => raw < 0 || s_armed ? Leave(raw) : raw;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Result(int raw) => raw < 0 || s_armed ? (int)Leave(raw) : raw;

    /// <summary>After a call of the kind that answers a positive error number itself (posix_spawn).</summary>
    internal static int Answer(int error)
    {
        if (s_armed)
        {
            Leave(0);
        }
        return -error;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Leave(nint raw)
    {
        nint result = raw < 0 ? -Marshal.GetLastSystemError() : raw;
        if (s_killPending)
        {
            Die();
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Enter(out int answer)
    {
        answer = 0;
        if (Interlocked.Increment(ref s_calls) != s_fault.AtCall)
        {
            return false;
        }
        switch (s_fault.Kind)
        {
            case FaultKind.KillBefore:
                Die();
                return false;
            case FaultKind.KillAfter:
                s_killPending = true;
                return false;
            case FaultKind.Fail:
                answer = -(int)s_fault.Argument;
                return true;
            case FaultKind.Delay:
                Thread.Sleep(TimeSpan.FromMicroseconds(s_fault.Argument));
                return false;
            default:
                return false;
        }
    }

    /// <summary>SIGKILL is what a crash is measured by: no handler runs, nothing is flushed.</summary>
    private static void Die()
    {
        Libc.kill(Libc.getpid(), SignalKill);
        Thread.Sleep(Timeout.Infinite);
    }
}
