namespace Weft.Tests.Engine;

/// <summary>A clock that stands until it is moved; microseconds.</summary>
internal sealed class FakeTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _now = 1_000_000;

    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Epoch.AddMicroseconds(_now);

    public void Advance(TimeSpan by) => _now += by.Ticks / TimeSpan.TicksPerMicrosecond;
}
