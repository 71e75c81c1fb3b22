using System.Runtime.InteropServices;

namespace Weft.Engine.State;

/// <summary>One record: what the worker says of itself, for the status and for measuring.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct WorkerStatus
{
    /// <summary>Process id of the running worker.</summary>
    public int Pid;

    /// <summary>Worker lives since the shared memory was made: 1 for the first.</summary>
    public uint Generation;

    /// <summary>CLOCK_REALTIME in microseconds: the first start, this start, and when this worker first served a turn.</summary>
    public long FirstStart;
    public long ThisStart;
    public long Serving;

    /// <summary>Microseconds that the last takeover took from process start to first turn; 0 for none.</summary>
    public long TakeoverMicroseconds;

    /// <summary>Lanes of every worker that uses this memory: flows lie in their lane's part of each table.</summary>
    public uint Lanes;

    /// <summary>Flows of the predecessor that could not be taken over, by torn record or missing descriptor.</summary>
    public ulong FlowsLost;

    /// <summary>Frames that the predecessor had read and not finished, done again at takeover.</summary>
    public ulong FramesReplayed;

    /// <summary>1 while a keeper holds the descriptors.</summary>
    public uint Covered;

    /// <summary>Garbage collections of this life.</summary>
    public ulong Collections;

    /// <summary>What is wrong on the host, in a sentence each; empty ones say nothing.</summary>
    public Text108x4 Problems;

    /// <summary>Ids for new records: the next one never used.</summary>
    public ulong NextId;

    /// <summary>RFC 6528 secret, drawn once per shared memory.</summary>
    public ulong IsnSecretLow;
    public ulong IsnSecretHigh;
}
