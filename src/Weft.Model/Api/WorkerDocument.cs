namespace Weft.Model.Api;

/// <param name="State">"ok", "uncovered" (no keeper: a crash would cost the flows), "down", "none" (nothing is up).</param>
/// <param name="TakeoverMilliseconds">What the last takeover took; 0 when there was none.</param>
public sealed record WorkerDocument(string State, int Pid, int Restarts, double TakeoverMilliseconds, long FlowsLost, long FramesReplayed)
{
    /// <summary>Managed bytes that the lane allocated since it went into steady state; looked at every 1024 turns.</summary>
    public long LaneAllocatedBytes { get; init; }

    /// <summary>Garbage collections in this worker's life; looked at every 1024 turns.</summary>
    public long Collections { get; init; }

    public LaneDocument[] Lanes { get; init; } = [];
}
