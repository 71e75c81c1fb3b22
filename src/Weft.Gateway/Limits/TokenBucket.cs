namespace Weft.Gateway.Limits;

/// <summary>A rate: one per <paramref name="Interval"/> microseconds on average, <paramref name="Burst"/> at once.</summary>
internal readonly record struct Rate(long Interval, int Burst)
{
    public static Rate PerSecond(int count, int burst) => new(1_000_000 / count, burst);
}

/// <summary>
/// Theory. A token bucket kept as one number, the theoretical arrival time (ITU-T I.371, "GCRA"): the moment at which the
/// bucket is full again. Taking one moves it on by an interval; it may lie at most a burst ahead of now. Zero is a full bucket.
/// </summary>
internal struct TokenBucket
{
    private long _fullAt;

    /// <summary>Lane time at which the bucket is full again: the lower, the longer unused.</summary>
    public readonly long FullAt => _fullAt;

    /// <summary>Takes one, or says false and changes nothing.</summary>
    /// <param name="now">Lane time in microseconds.</param>
    public bool TryTake(Rate rate, long now)
    {
        long from = Math.Max(_fullAt, now);
        if (from - now > rate.Interval * (rate.Burst - 1))
        {
            return false;
        }
        _fullAt = from + rate.Interval;
        return true;
    }
}
