using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Tests.Linux;
using Weft.Wire;
using static Weft.Tests.Endpoints.EndpointContract;

namespace Weft.Tests.Endpoints.Dgram;

/// <summary>Who is at the other end, and who is not.</summary>
[Collection(nameof(SeamTests))]
public sealed class DgramEndpointTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Datagrams_that_are_no_frames_are_counted_and_harm_nobody(bool isUdp)
    {
        using DgramRig rig = new(isUdp);
        rig.PeerSends(new byte[13]);
        rig.PeerSends(new byte[rig.LongFrame + 1]);
        rig.PeerSends(new byte[60_000]);
        rig.PeerSends([]);
        rig.PeerSends(Frame(9, 60));
        Until(rig, 1);
        Assert.Equal(9, NumberOf(Assert.Single(rig.Forwarder.Frames)));
        Assert.Equal(2UL, rig.Drops(DropReason.Truncated));
        Assert.Equal(2UL, rig.Drops(DropReason.Oversized));
        Assert.True(rig.Port.IsUp);
    }

    [Fact]
    public void Over_udp_nobody_else_is_heard()
    {
        using DgramRig rig = new(isUdp: true, isThere: false);
        int stranger = DatagramSockets.Bind(new SocketPlace(null, new HostEnd(IpAddress.FromV4(0x7f000001), 0)));
        Assert.True(rig.SendFrom(stranger, Frame(1, 60)) > 0);
        Eventually.True(() => { rig.Turn(); return rig.Drops(DropReason.ForeignSender) == 1; });
        Assert.Empty(rig.Forwarder.Frames);
        Assert.False(rig.Port.IsUp);

        rig.Peer = rig.BindPeer();
        rig.PeerSends(Frame(2, 60));
        Until(rig, 1);
        Assert.Equal(2, NumberOf(Assert.Single(rig.Forwarder.Frames)));
        Assert.True(rig.Port.IsUp);
        FileCalls.Close(stranger);
    }

    /// <summary>It is not there yet, comes, dies, and another one takes its path.</summary>
    [Fact]
    public void Over_unix_the_carrier_follows_who_is_at_the_path()
    {
        using DgramRig rig = new(isUdp: false, isThere: false);
        rig.Turn();
        Assert.False(rig.Port.IsUp);
        rig.Deliver(Frame(1, 60));
        Assert.Equal(1UL, rig.Drops(DropReason.NoCarrier));
        for (int life = 0; life < 2; life++)
        {
            rig.Peer = rig.BindPeer();
            Eventually.True(() => { rig.Turn(); return rig.Port.IsUp; });
            rig.Deliver(Frame(2, 60));
            Assert.Equal(2, NumberOf(rig.PeerReceives()!));
            FileCalls.Close(rig.Peer);
            rig.Deliver(Frame(3, 60));
            Assert.Equal((ulong)life + 1, rig.Drops(DropReason.PeerGone));
            Eventually.True(() => { rig.Turn(); return !rig.Port.IsUp; });
        }
        rig.Peer = -1;
    }

    /// <summary>A hypervisor that starts anew may speak before we notice that the old one went.</summary>
    [Fact]
    public void A_new_hypervisor_at_the_path_is_heard_at_once()
    {
        using DgramRig rig = new(isUdp: false);
        FileCalls.Close(rig.Peer);
        rig.Peer = rig.BindPeer();
        Assert.True(rig.SendFrom(rig.Peer, Frame(5, 60)) > 0);
        Until(rig, 1);
        rig.Deliver(Frame(6, 60));
        byte[]? got = null;
        Eventually.True(() => { rig.Turn(); rig.Deliver(Frame(7, 60)); return (got = rig.PeerReceives()) is not null; });
        Assert.Equal(7, NumberOf(got!));
    }

    [Fact]
    public void A_full_unix_queue_is_told_before_and_after()
    {
        using DgramRig rig = new(isUdp: false);
        int sent = 0;
        for (int rounds = 0; rig.Endpoint.Room > 0 && rounds < 1000; rounds++)
        {
            byte[][] burst = [.. Enumerable.Range(sent, rig.Endpoint.Room).Select(i => Frame(i, 1514))];
            rig.Deliver(burst);
            sent += burst.Length;
        }
        Assert.Equal(0UL, rig.Drops(DropReason.PortFull));
        rig.Deliver(Frame(-1, 1514));
        Assert.Equal(1UL, rig.Drops(DropReason.PortFull));
        for (int i = 0; i < sent; i++)
        {
            Assert.Equal(i, NumberOf(rig.PeerReceives()!));
        }
        Assert.Null(rig.PeerReceives());
        Eventually.True(() => { rig.Turn(); return rig.Forwarder.RoomAgains > 0; });
        Assert.InRange(rig.Endpoint.Room, 2, Burst.Capacity);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_next_life_sends_before_it_hears(bool isUdp)
    {
        using DgramRig rig = new(isUdp);
        rig.TakeOver();
        rig.Turn();
        Assert.True(rig.Port.IsUp);
        rig.Deliver(Frame(4, 60));
        byte[]? got = null;
        Eventually.True(() => (got = rig.PeerReceives()) is not null);
        Assert.Equal(4, NumberOf(got!));
    }

    [Fact]
    public void A_path_is_bound_when_its_owner_is_dead_and_refused_while_he_lives()
    {
        using DgramRig rig = new(isUdp: false, isThere: false);
        Assert.Equal(-Errno.EADDRINUSE, DatagramSockets.Bind(rig.Ours));
        int dead = DatagramSockets.Bind(rig.Theirs);
        FileCalls.Close(dead);
        int again = DatagramSockets.Bind(rig.Theirs);
        Assert.True(again >= 0);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rig.Theirs.Path!));
        FileCalls.Close(again);
        Assert.Equal(-Errno.EADDRINUSE, BindAtListener());

        static int BindAtListener()
        {
            string path = Path.Combine(Path.GetTempPath(), $"weft-{Guid.NewGuid():N}");
            int listener = UnixSockets.Listen(path, SocketConstants.TypeStream);
            int result = DatagramSockets.Bind(new SocketPlace(path, default));
            FileCalls.Close(listener);
            File.Delete(path);
            return result;
        }
    }

    private static void Until(DgramRig rig, int frames) =>
        Eventually.True(() => { rig.Turn(); return rig.Forwarder.Frames.Count >= frames; });
}
