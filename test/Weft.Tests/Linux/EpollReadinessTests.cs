using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Tests.Linux;

public sealed class EpollReadinessTests : IDisposable
{
    private readonly EpollReadiness _readiness = new();
    private readonly ReadyEvent[] _events = new ReadyEvent[8];
    private readonly int _one;
    private readonly int _other;

    public EpollReadinessTests()
    {
        SocketCalls.Pair(SocketConstants.TypeSeqpacket, out _one, out _other);
    }

    [Fact]
    public void AnEdgeComesOnceAndRewatchAsksAnew()
    {
        ReadyToken token = new(3, 0xfedc, 0x89abcdef);
        Assert.Equal(0, _readiness.Watch(_one, token, Ready.Read | Ready.PeerClosed));
        Assert.Equal(0, _readiness.Wait(_events, 0));
        DescriptorMessages.Send(_other, "x"u8, []);
        Assert.Equal(1, _readiness.Wait(_events, -1));
        Assert.Equal(new ReadyEvent(token, Ready.Read), _events[0]);
        Assert.Equal(0, _readiness.Wait(_events, 0));
        Assert.Equal(0, _readiness.Rewatch(_one, token, Ready.Read | Ready.Write));
        Assert.Equal(1, _readiness.Wait(_events, 0));
        Assert.Equal(Ready.Read | Ready.Write, _events[0].What);
        _readiness.Unwatch(_one);
        DescriptorMessages.Send(_other, "x"u8, []);
        Assert.Equal(0, _readiness.Wait(_events, 0));
        Assert.Equal(-Errno.EBADF, _readiness.Watch(100_000, token, Ready.Read));
    }

    [Fact]
    public async Task WakeEndsAWaitEachTimeAndReportsNothing()
    {
        for (int i = 0; i < 3; i++)
        {
            Task<int> waiting = Task.Run(() => _readiness.Wait(_events, -1));
            _readiness.Wake();
            Assert.Equal(0, await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
        }
        Assert.Equal(0, _readiness.Wait(_events, 1500));
    }

    public void Dispose()
    {
        _readiness.Dispose();
        FileCalls.Close(_one);
        FileCalls.Close(_other);
    }
}
