using System.Net;
using System.Net.Sockets;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Keeper;

/// <summary>The keeper accepts for the worker: clients are kept before the worker has seen them.</summary>
public sealed class AcceptTests : IDisposable
{
    private readonly KeeperRig _rig = new();
    private readonly HostSockets _sockets = new();
    private readonly List<TcpClient> _clients = [];

    [Fact]
    public void ConnectionsComeWithTheirSlots()
    {
        using KeeperLink link = _rig.ConnectFirst();
        using EpollReadiness readiness = new();
        using Lane lane = new(readiness, TimeProvider.System);
        link.Watch(lane);
        RecordingTarget target = Listen(link, out int port);
        Dial(port, 40);
        int before = link.Used;
        Ask(link, lane, target);
        Assert.Equal((32, 0), (target.Accepted.Count, target.Result));
        Ask(link, lane, target);
        Assert.Equal((40, -Errno.EAGAIN), (target.Accepted.Count, target.Result));
        Assert.Equal(40, target.Accepted.Select(accepted => accepted.Slot).Distinct().Count());
        Assert.Equal(before + 40, link.Used);
        Assert.Equal(41, _rig.Loop.Held);
        foreach ((int socket, int slot) in target.Accepted)
        {
            Assert.Equal(0, _sockets.Admit(socket, out HostEnd peer));
            Assert.Contains(peer.Port, _clients.Select(client => (ushort)((IPEndPoint)client.Client.LocalEndPoint!).Port));
            link.Drop(slot);
            FileCalls.Close(socket);
        }
        link.Flush();
        _rig.Settle();
        Assert.Equal((before, 1), (link.Used, _rig.Loop.Held));
    }

    [Fact]
    public void AClientIsHandedOnWhenTheWorkerDiesBeforeItHearsTheAnswer()
    {
        KeeperLink first = _rig.ConnectFirst();
        RecordingTarget target = Listen(first, out int port);
        using KeeperLink standby = _rig.ConnectStandby();
        Dial(port, 1);
        Assert.True(first.AskAccept(target));
        first.OnTurnEnd();
        _rig.Settle();
        _rig.Kill(first, 0);
        Assert.Equal(2, standby.WaitForGo());
        int listener = standby.DescriptorOf(target.ListenerSlot);
        int slot = standby.NextUnclaimed(0);
        int socket = standby.DescriptorOf(slot);
        Assert.Equal(0, _sockets.Admit(socket, out _));
        Assert.True(_sockets.TryReadState(socket, out TcpSocketState state));
        Assert.Equal((1, 0ul, 0ul), (state.State, state.BytesAcked, state.BytesReceived));
        FileCalls.Close(socket);
        FileCalls.Close(listener);
    }

    [Fact]
    public void AClientWaitsInTheListenerWhenTheWorkerDiesBeforeItAsks()
    {
        KeeperLink first = _rig.ConnectFirst();
        RecordingTarget target = Listen(first, out int port);
        using KeeperLink standby = _rig.ConnectStandby();
        Dial(port, 1);
        Assert.True(first.AskAccept(target));
        _rig.Kill(first, 0);
        Assert.Equal(1, standby.WaitForGo());
        int listener = standby.DescriptorOf(target.ListenerSlot);
        int socket = _sockets.Accept(listener, out _);
        Assert.True(socket >= 0);
        FileCalls.Close(socket);
        FileCalls.Close(listener);
    }

    [Fact]
    public void AListenerThatTheKeeperDoesNotHoldIsSaid()
    {
        using KeeperLink link = _rig.ConnectFirst();
        using EpollReadiness readiness = new();
        using Lane lane = new(readiness, TimeProvider.System);
        link.Watch(lane);
        var target = new RecordingTarget { ListenerSlot = 999 };
        int before = link.Used;
        Ask(link, lane, target);
        Assert.Equal((-Errno.EBADF, before), (target.Result, link.Used));
    }

    [Fact]
    public void WithoutAKeeperTheTargetIsToldAndAcceptsItself()
    {
        LinuxException.Check(SocketCalls.Pair(SocketConstants.TypeSeqpacket, out int near, out int far), "socketpair");
        using KeeperLink link = new(near, SlotLimit.Raise());
        using EpollReadiness readiness = new();
        using Lane lane = new(readiness, TimeProvider.System);
        link.Watch(lane);
        RecordingTarget asked = new() { ListenerSlot = 3 }, waits = new() { ListenerSlot = 4 };
        Assert.True(link.AskAccept(asked) && link.AskAccept(waits));
        link.OnTurnEnd();
        Assert.Equal(KeeperLink.MostAccepts, link.Used);
        FileCalls.Close(far);
        Eventually.True(() =>
        {
            lane.Turn(mayWait: false);
            return !link.IsCovered;
        });
        Assert.Equal((-Errno.ECONNRESET, -Errno.ECONNRESET, 0), (asked.Result, waits.Result, link.Used));
        Assert.False(link.AskAccept(asked));
    }

    [Fact]
    public void ATargetThatIsOverIsNotAskedFor()
    {
        using KeeperLink link = _rig.ConnectFirst();
        RecordingTarget target = Listen(link, out int port);
        Dial(port, 1);
        Assert.True(link.AskAccept(target));
        target.ListenerSlot = -1;
        link.OnTurnEnd();
        _rig.Settle();
        Assert.Equal(1, _rig.Loop.Held);
    }

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        _sockets.Dispose();
        _rig.Dispose();
    }

    private RecordingTarget Listen(KeeperLink link, out int port)
    {
        int listener = _sockets.Listen(new HostEnd(IpAddress.FromV4(0x7f000001), 0), udp: false);
        port = _sockets.LocalEnd(listener).Port;
        int slot = link.Add(listener);
        Assert.True(link.Flush());
        _rig.Settle();
        FileCalls.Close(listener);
        return new RecordingTarget { ListenerSlot = slot };
    }

    private void Dial(int port, int clients)
    {
        for (int i = 0; i < clients; i++)
        {
            _clients.Add(new TcpClient("127.0.0.1", port));
        }
    }

    private void Ask(KeeperLink link, Lane lane, RecordingTarget target)
    {
        target.IsAnswered = false;
        Assert.True(link.AskAccept(target));
        Eventually.True(() =>
        {
            lane.Turn(mayWait: false);
            _rig.Settle();
            return target.IsAnswered;
        });
    }
}
