using Weft.Engine;

namespace Weft.Tests.Engine;

public sealed class TimerWheelTests
{
    private const long Tick = 1024;

    [Fact]
    public void An_empty_wheel_has_no_deadline()
    {
        using var wheel = new TimerWheel(4, 1_000_000);
        Assert.Equal(long.MaxValue, wheel.NextDeadline);
        Assert.False(wheel.TryExpire(long.MaxValue, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(70_000)]
    [InlineData(30_000_000)]
    [InlineData(86_400_000_000)]
    public void A_timer_fires_never_early_and_at_most_a_tick_late(long delay)
    {
        const long start = 123_456_789_012_345;
        using var wheel = new TimerWheel(4, start);
        wheel.Schedule(2, start + delay);
        int wakeUps = 0;
        long now = start;
        int index;
        do
        {
            Assert.True(wheel.NextDeadline <= start + delay + Tick, "the deadline promised is not later than the timer");
            now = Math.Max(now, wheel.NextDeadline);
            Assert.True(++wakeUps < 12);
        }
        while (!wheel.TryExpire(now, out index));
        Assert.Equal(2, index);
        Assert.InRange(now, start + delay, start + delay + Tick);
        Assert.False(wheel.IsScheduled(2));
        Assert.Equal(long.MaxValue, wheel.NextDeadline);
    }

    [Fact]
    public void A_cancelled_timer_never_fires()
    {
        using var wheel = new TimerWheel(4, 0);
        wheel.Schedule(0, 5_000);
        wheel.Schedule(1, 5_000);
        wheel.Schedule(2, 5_000);
        wheel.Cancel(1);
        wheel.Schedule(2, long.MaxValue);
        Assert.Equal([0], Expired(wheel, 1_000_000));
    }

    [Fact]
    public void A_timer_set_for_the_past_while_expiring_waits_for_the_next_tick()
    {
        using var wheel = new TimerWheel(1, 0);
        wheel.Schedule(0, 10);
        int fired = 0;
        while (wheel.TryExpire(1_000_000, out int index))
        {
            wheel.Schedule(index, 0);
            fired++;
        }
        Assert.Equal(1, fired);
        Assert.InRange(wheel.NextDeadline, 1_000_001, 1_000_000 + 2 * Tick);
    }

    [Fact]
    public void Random_schedules_match_a_sorted_list()
    {
        const int capacity = 500;
        var random = new Random(7);
        long now = 1_000_000_000;
        using var wheel = new TimerWheel(capacity, now);
        var due = new Dictionary<int, long>();
        for (int round = 0; round < 20_000; round++)
        {
            int index = random.Next(capacity);
            if (random.Next(4) == 0)
            {
                wheel.Cancel(index);
                due.Remove(index);
            }
            else
            {
                long deadline = now + (1L << random.Next(34)) + random.Next(1000);
                wheel.Schedule(index, deadline);
                due[index] = deadline;
            }
            if (random.Next(5) == 0)
            {
                now += random.Next(1 << random.Next(30));
                Check(wheel, due, now);
            }
            Assert.Equal(due.Count, wheel.Count);
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        using var wheel = new TimerWheel(1000, 0);
        long now = 0;
        long before = 0;
        for (int i = 0; i < 20_000; i++)
        {
            if (i == 1_000)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            wheel.Schedule(i % 1000, now + i * 37 % 1_000_000);
            now += 500;
            while (wheel.TryExpire(now, out _))
            {
            }
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Check(TimerWheel wheel, Dictionary<int, long> due, long now)
    {
        long previous = 0;
        foreach (int index in Expired(wheel, now))
        {
            Assert.True(due.Remove(index, out long deadline), "only what was scheduled fires");
            Assert.True(deadline <= now, "never early");
            Assert.True(deadline >= previous - Tick, "in order of ticks");
            previous = deadline;
        }
        Assert.All(due.Values, deadline => Assert.True(deadline > now - Tick, "at most a tick late"));
        Assert.True(due.Count == 0 || wheel.NextDeadline <= due.Values.Min() + Tick);
    }

    private static List<int> Expired(TimerWheel wheel, long now)
    {
        var expired = new List<int>();
        while (wheel.TryExpire(now, out int index))
        {
            expired.Add(index);
        }
        return expired;
    }
}
