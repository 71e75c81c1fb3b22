using System.Numerics;
using System.Runtime.InteropServices;

namespace Weft.Engine.State;

/// <summary>
/// What one lane has done, in the shared memory: written by the lane alone with plain adds, read by anyone at any time.
/// Times come from the clock that the lane reads anyway, once a turn.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct LaneCounters
{
    /// <summary>Bursts of 1, 2–3, 4–7, 8–15, 16–31, 32–63, and 64 frames.</summary>
    public const int SizeClasses = 7;

    /// <summary>Nanoseconds of turns in which frames moved.</summary>
    public ulong Busy;

    /// <summary>Frames polled, and the bursts that they came in.</summary>
    public ulong Frames;
    public ulong Bursts;
    public ulong Turns;

    /// <summary>Times that the lane slept until something told it; that it looked instead; that looking paid.</summary>
    public ulong Sleeps;
    public ulong Spins;
    public ulong SpinsPaid;
    public fixed ulong BurstSizes[SizeClasses];

    /// <summary>Flows of the lane's gateways now.</summary>
    public uint TcpFlows;
    public uint UdpFlows;
    public uint PingFlows;

    /// <summary>Bytes of managed memory allocated by the lane's thread since it went into steady state.</summary>
    public ulong Allocated;

    public void Count(int frames)
    {
        Frames += (ulong)frames;
        Bursts++;
        BurstSizes[BitOperations.Log2((uint)frames)]++;
    }
}
