namespace Weft.Model.Api;

/// <summary>What one lane of the worker has done since its shared memory was made.</summary>
public sealed record LaneDocument
{
    public int Number { get; init; }

    /// <summary>Frames polled from ports.</summary>
    public long Frames { get; init; }

    public long Bursts { get; init; }

    /// <summary>Nanoseconds of turns in which frames moved.</summary>
    public long BusyNanoseconds { get; init; }

    /// <summary>Nanoseconds of those for each frame, and clock cycles (of the processor's constant counter) where that is known.</summary>
    public double NanosecondsPerFrame { get; init; }

    public double? CyclesPerFrame { get; init; }

    public long Turns { get; init; }

    /// <summary>Times that it slept, looked instead of sleeping, and found something by that.</summary>
    public long Sleeps { get; init; }

    public long Looks { get; init; }

    public long LooksThatPaid { get; init; }

    /// <summary>Bursts of 1, 2–3, 4–7, 8–15, 16–31, 32–63, and 64 frames.</summary>
    public long[] BurstSizes { get; init; } = [];
}
