using System.Net.Sockets;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Keeper;

/// <summary>Several lanes over one link: each waits for its own, and is told on its own thread.</summary>
public sealed class LaneKeeperTests : IDisposable
{
    private readonly KeeperRig _rig = new();
    private readonly EpollReadiness _readiness = new();
    private readonly Lane _lane;
    private readonly KeeperLink _link;

    public LaneKeeperTests()
    {
        _lane = new Lane(_readiness, TimeProvider.System);
        _link = _rig.ConnectFirst();
    }

    [Fact]
    public void ALaneWaitsForWhatItAddedItselfAndAnyLaneSendsForAll()
    {
        LaneKeeper one = new(_link, _lane), other = new(_link, _lane);
        int file = _rig.Files.Open(1);
        Assert.True(one.Add(file) >= 0);
        Assert.False(one.AllKept);
        Assert.True(other.AllKept);
        Assert.True(other.Add(file) >= 0);
        Assert.True(other.Flush());
        Assert.True(one.AllKept);
        Assert.True(one.Add(file) >= 0);
        Assert.False(one.AllKept);
        Assert.True(other.AllKept);
        Assert.True(one.Flush());
        _rig.Settle();
        Assert.Equal(3, _rig.Loop.Held);
        FileCalls.Close(file);
    }

    [Fact]
    public void AFullSocketIsTriedAgainByTheLaneThatWaits()
    {
        LaneKeeper keeper = new(_link, _lane);
        int file = _rig.Files.Open(1);
        int added = 0;
        for (; keeper.AllKept; added++)
        {
            Assert.True(keeper.Add(file) >= 0);
            _lane.Turn(mayWait: false);
        }
        Assert.InRange(keeper.NextDeadline, _lane.Now, _lane.Now + 1000);
        // Nobody tells this lane of room: its own deadline does.
        Eventually.True(() =>
        {
            _rig.Settle();
            _lane.Turn(mayWait: false);
            return keeper.AllKept;
        });
        Assert.Equal(long.MaxValue, keeper.NextDeadline);
        _rig.Settle();
        Assert.Equal(added, _rig.Loop.Held);
        FileCalls.Close(file);
    }

    [Fact]
    public void AConnectionIsHandedToTheLaneThatAsked()
    {
        using HostSockets sockets = new();
        using EpollReadiness mainReadiness = new();
        using Lane main = new(mainReadiness, TimeProvider.System);
        _link.Watch(main);
        LaneKeeper keeper = new(_link, _lane);
        int listener = sockets.Listen(new HostEnd(IpAddress.FromV4(0x7f000001), 0), udp: false);
        using TcpClient client = new("127.0.0.1", sockets.LocalEnd(listener).Port);
        RecordingTarget target = new() { ListenerSlot = keeper.Add(listener) };
        Assert.True(keeper.AskAccept(target));
        _lane.Turn(mayWait: false);
        Eventually.True(() =>
        {
            _rig.Settle();
            main.Turn(mayWait: false);
            return _rig.Loop.Held == 2;
        });
        for (int i = 0; i < 20; i++)
        {
            _rig.Settle();
            main.Turn(mayWait: false);
        }
        Assert.Empty(target.Accepted);
        _lane.Turn(mayWait: false);
        (int socket, int slot) = Assert.Single(target.Accepted);
        Assert.Equal(socket, _link.DescriptorOf(slot));
        Assert.Equal(-Errno.EAGAIN, target.Result);
        FileCalls.Close(socket);
        FileCalls.Close(listener);
    }

    [Fact]
    public void LanesThatWorkAtTheSameTimeLoseNothing()
    {
        const int Rounds = 2000;
        int file = _rig.Files.Open(1);
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() => AddAndDrop(file, Rounds)))];
        Array.ForEach(threads, thread => thread.Start());
        while (Array.Exists(threads, thread => thread.IsAlive))
        {
            _rig.Loop.Turn(1);
        }
        _link.Flush();
        _rig.Settle();
        Assert.True(_link.IsCovered);
        Assert.Equal((3, 3), (_rig.Loop.Held, _link.Used));
        Assert.Equal(0ul, _link.Refused);
        FileCalls.Close(file);
    }

    public void Dispose()
    {
        _link.Dispose();
        _lane.Dispose();
        _readiness.Dispose();
        _rig.Dispose();
    }

    /// <summary>One lane's life: descriptors come and go, and one stays.</summary>
    private void AddAndDrop(int file, int rounds)
    {
        using EpollReadiness readiness = new();
        using Lane lane = new(readiness, TimeProvider.System);
        LaneKeeper keeper = new(_link, lane);
        for (int i = 0; i <= rounds; i++)
        {
            int slot = keeper.Add(file);
            do
            {
                lane.Turn(mayWait: false);
            }
            while (!keeper.AllKept);
            if (i < rounds)
            {
                keeper.Drop(slot);
            }
        }
        while (!keeper.Flush())
        {
            lane.Turn(mayWait: false);
        }
    }
}
