namespace Weft.Tests.Simulation;

/// <summary>A clock that stands still until told, and the things that happen by it. Equal times run in order of arrangement.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private long _order;

    /// <summary>Microseconds since the start, beginning at an odd hour so that nobody leans on zero.</summary>
    public long Now { get; private set; } = 7_200_000_123;

    public override long TimestampFrequency => 10_000_000;

    public long NextEvent => _events.TryPeek(out _, out (long At, long) next) ? next.At : long.MaxValue;

    public override long GetTimestamp() => Now * 10;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(20_000).AddMicroseconds(Now);

    public void After(long microseconds, Action action) => _events.Enqueue(action, (Now + microseconds, _order++));

    /// <summary>Moves to <paramref name="time"/>, running what lies between.</summary>
    public void AdvanceTo(long time)
    {
        while (_events.TryPeek(out _, out (long At, long) next) && next.At <= time)
        {
            Now = Math.Max(Now, next.At);
            _events.Dequeue()();
        }
        Now = Math.Max(Now, time);
    }

    public void Advance(long microseconds) => AdvanceTo(Now + microseconds);
}
