using System.Diagnostics;

namespace Weft.Lab.Streams;

/// <summary>The longest time between two signs of progress.</summary>
internal sealed class StallWatch
{
    private long _last = Stopwatch.GetTimestamp();

    public TimeSpan Longest { get; private set; }

    /// <summary>Time since the last sign; may be asked from any thread.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(Volatile.Read(ref _last));

    public void Progress()
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan pause = Stopwatch.GetElapsedTime(_last, now);
        Longest = pause > Longest ? pause : Longest;
        _last = now;
    }
}
