using Weft.Linux;
using Weft.Tests.Endpoints.VhostUser;

namespace Weft.Tests.Linux;

public sealed class EventCallsTests
{
    [Fact]
    public void Each_signal_counts_one()
    {
        using EventFile file = new();
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(0, EventCalls.Signal(file.Descriptor));
        }
        Assert.Equal(1000UL, file.Take());
    }

    [Fact]
    public void A_full_counter_that_may_block_does_not()
    {
        using EventFile file = new();
        Assert.True(FileCalls.SetNonBlocking(file.Descriptor, false) >= 0);
        file.Signal(ulong.MaxValue - 1);
        Thread signals = new(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                EventCalls.Signal(file.Descriptor);
            }
        });
        signals.Start();
        bool done = signals.Join(5000);
        Assert.True(file.Take() >= ulong.MaxValue - 1);
        signals.Join();
        Assert.True(done, "it waited");
    }

    [Fact]
    public void What_is_no_event_file_is_refused()
    {
        Assert.Equal(-Errno.EBADF, EventCalls.Signal(-1));
        foreach (string kind in new[] { "writer", "null", "epoll", "two pages" })
        {
            using OddFile file = new(kind);
            Assert.Equal(-Errno.EINVAL, EventCalls.Signal(file.Descriptor));
        }
    }

    [Fact]
    public void Threads_have_a_ring_each()
    {
        using EventFile file = new();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                EventCalls.Signal(file.Descriptor);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(40_000UL, file.Take());
    }
}
