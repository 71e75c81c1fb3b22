using Weft.Endpoints.Stream;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.Stream;

/// <summary>Several NICs at one place: whose guest it is that connects.</summary>
[Collection(nameof(SeamTests))]
public sealed class StreamListenerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Guests_are_known_by_the_mac_of_their_first_frame_which_is_not_lost(bool isTcp)
    {
        using ListenerRig rig = new(isTcp);
        ListenerRig.SharingNic one = rig.Add(1), two = rig.Add(2), three = rig.Add(3);
        int third = rig.Call(three.Frame(30));
        int first = rig.Call(one.Frame(10));
        int second = rig.Call(two.Frame(20));
        rig.Until(() => rig.Nics.TrueForAll(nic => nic.Forwarder.Frames.Count == 1));
        rig.Say(first, one.Frame(11));
        rig.Say(second, two.Frame(21));
        rig.Say(third, three.Frame(31));
        rig.Until(() => rig.Nics.TrueForAll(nic => nic.Forwarder.Frames.Count == 2));

        Assert.Equal([10, 11], one.Came);
        Assert.Equal([20, 21], two.Came);
        Assert.Equal([30, 31], three.Came);
        Assert.Equal((0, 0), (rig.Ended, rig.Listener.Callers));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_waits_until_the_whole_mac_is_there(bool isTcp)
    {
        using ListenerRig rig = new(isTcp);
        ListenerRig.SharingNic one = rig.Add(1), two = rig.Add(2);
        byte[] frame = two.Frame(7);
        int peer = rig.Call();
        for (int i = 0; i < 16; i++)
        {
            rig.Say(peer, [frame[i]]);
            rig.Settle();
            Assert.Equal((i < 15 ? 1 : 0, i == 15), (rig.Listener.Callers, two.Port.IsUp));
        }
        rig.Say(peer, frame.AsSpan(16));
        rig.Until(() => two.Came.SequenceEqual([7]));
        Assert.False(one.Port.IsUp);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_nic_alone_gets_whoever_connects(bool isTcp)
    {
        using ListenerRig rig = new(isTcp);
        ListenerRig.SharingNic one = rig.Add(1), two = rig.Add(2);
        two.Dispose();
        int peer = rig.Call();
        rig.Until(() => one.Port.IsUp);
        rig.Say(peer, two.Frame(5));
        rig.Until(() => one.Came.SequenceEqual([5]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stranger_is_ended_and_counted(bool isTcp)
    {
        using ListenerRig rig = new(isTcp);
        ListenerRig.SharingNic one = rig.Add(1), two = rig.Add(2);
        byte[] frame = two.Frame(5);
        frame[15] = 9;
        int peer = rig.Call(frame);
        rig.Until(() => ListenerRig.IsEnded(peer));
        Assert.Equal((1UL, 0UL), (one.Drops(DropReason.ForeignSender), two.Drops(DropReason.ForeignSender)));
        Assert.Equal((1, 0), (rig.Ended, rig.Listener.Callers));
        Assert.False(one.Port.IsUp || two.Port.IsUp);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_leaves_before_its_first_frame_is_forgotten(bool isTcp)
    {
        using ListenerRig rig = new(isTcp);
        ListenerRig.SharingNic one = rig.Add(1);
        rig.Add(2);
        int silent = rig.Call();
        int cut = rig.Call(one.Frame(1).AsSpan(0, 9));
        rig.Until(() => rig.Listener.Callers == 2);
        rig.Leave(silent);
        rig.Leave(cut);
        rig.Until(() => rig.Listener.Callers == 0);
        Assert.Equal(2, rig.Ended);
    }

    [Fact]
    public void Of_too_many_that_say_nothing_the_oldest_is_ended()
    {
        using ListenerRig rig = new(isTcp: false);
        rig.Add(1);
        ListenerRig.SharingNic two = rig.Add(2);
        List<int> peers = [];
        for (int i = 0; i <= StreamListener.MaxCallers; i++)
        {
            peers.Add(rig.Call());
            rig.Settle();
        }
        Assert.Equal((1, StreamListener.MaxCallers), (rig.Ended, rig.Listener.Callers));
        Assert.True(ListenerRig.IsEnded(peers[0]));
        rig.Say(peers[1], two.Frame(3));
        rig.Until(() => two.Came.SequenceEqual([3]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_guest_that_comes_again_takes_the_place_of_its_older_self(bool isTcp)
    {
        using ListenerRig rig = new(isTcp);
        ListenerRig.SharingNic one = rig.Add(1), two = rig.Add(2);
        int other = rig.Call(one.Frame(1));
        int old = rig.Call(two.Frame(2));
        rig.Until(() => one.Port.IsUp && two.Port.IsUp);
        rig.Call(two.Frame(3));
        rig.Until(() => two.Came.Contains(3));
        rig.Until(() => ListenerRig.IsEnded(old));
        rig.Say(other, one.Frame(4));
        rig.Until(() => one.Came.SequenceEqual([1, 4]));
    }

    [Fact]
    public void A_connection_of_an_earlier_life_does_not_push_out_a_newer_one()
    {
        using ListenerRig rig = new(isTcp: false);
        ListenerRig.SharingNic one = rig.Add(1), two = rig.Add(2);
        int old = rig.Call(two.Frame(2)), silent = rig.Call();
        int olds = SocketCalls.Accept(rig.Socket), silents = SocketCalls.Accept(rig.Socket);
        int newer = rig.Call(two.Frame(3));
        rig.Until(() => two.Port.IsUp);
        rig.Listener.TakeUp(olds, 8);
        rig.Listener.TakeUp(silents, 9);
        rig.Until(() => ListenerRig.IsEnded(old));
        rig.Say(silent, one.Frame(4));
        rig.Say(newer, two.Frame(5));
        rig.Until(() => one.Came.SequenceEqual([4]) && two.Came.SequenceEqual([3, 5]));
    }

    [Fact]
    public void With_its_last_nic_it_ends_and_with_it_who_waits()
    {
        using ListenerRig rig = new(isTcp: false);
        ListenerRig.SharingNic one = rig.Add(1), two = rig.Add(2);
        int silent = rig.Call();
        rig.Until(() => rig.Listener.Callers == 1);
        one.Dispose();
        Assert.False(rig.Listener.IsOver);
        two.Dispose();
        Assert.True(rig.Listener.IsOver);
        Assert.True(ListenerRig.IsEnded(silent));
        rig.Listener.TakeUp(SocketCalls.Open(SocketConstants.FamilyUnix, SocketConstants.TypeStream, 0), 3);
        Assert.Equal((2, 0), (rig.Ended, rig.Listener.Callers));
    }

    [Fact]
    public void A_guest_whose_nic_is_on_another_lane_goes_there()
    {
        using ListenerRig rig = new(isTcp: false);
        ListenerRig.SharingNic one = rig.Add(1);
        using EpollReadiness readiness = new();
        using Lane lane = new(readiness, TimeProvider.System);
        StreamListener elsewhere = new(lane, rig, rig.Sharers, rig.Socket, -1);
        ListenerRig.SharingNic two = rig.Add(2, lane, elsewhere);
        rig.Call(two.Frame(6));
        rig.Call(one.Frame(7));
        rig.Settle();
        Assert.Empty(two.Came);
        Eventually.True(() => { lane.Turn(mayWait: false); return two.Came.Any(); });
        Assert.Equal([7], one.Came);
        Assert.Equal([6], two.Came);
        two.Dispose();
    }
}
