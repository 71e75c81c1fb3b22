using System.Buffers.Binary;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Tests.Linux;
using static Weft.Tests.Endpoints.EndpointContract;

namespace Weft.Tests.Endpoints.Stream;

/// <summary>Where a stream may be cut, who lies in it, who comes and goes.</summary>
[Collection(nameof(SeamTests))]
public sealed unsafe partial class StreamEndpointTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_frame_may_be_cut_at_every_byte(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        byte[] two = [.. StreamRig.OnWire(Frame(1, 200)), .. StreamRig.OnWire(Frame(2, 60))];
        for (int cut = 1; cut < two.Length; cut++)
        {
            rig.Forwarder.Frames.Clear();
            Assert.True(rig.PeerWrites(two.AsSpan(0, cut)));
            rig.Turn();
            Assert.True(rig.PeerWrites(two.AsSpan(cut)));
            Until(rig, 2);
            Assert.Equal([Frame(1, 200), Frame(2, 60)], rig.Forwarder.Frames);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_may_write_byte_by_byte(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        byte[] wire = StreamRig.OnWire(Frame(1, 1514));
        for (int i = 0; i < wire.Length; i++)
        {
            Eventually.True(() => { bool went = rig.PeerWrites(wire.AsSpan(i, 1)); if (!went || i % 7 == 0) { rig.Turn(); } return went; });
        }
        Until(rig, 1);
        Assert.Equal(Frame(1, 1514), rig.Forwarder.Frames[0]);
    }

    /// <summary>More than the ring holds at once, so that frames go around its end in every way.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_frames_come_in_one_read_and_around_the_ring(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        List<byte[]> sent = [];
        Random random = new(1);
        for (int round = 0; round < 60; round++)
        {
            List<byte> wire = [];
            for (int i = 0; i < 30; i++)
            {
                sent.Add(Frame(sent.Count, random.Next(18, i == 7 ? 20_000 : 1600)));
                wire.AddRange(StreamRig.OnWire(sent[^1]));
            }
            for (int at = 0; at < wire.Count; at += 30_000)
            {
                byte[] part = [.. wire.Skip(at).Take(30_000)];
                Eventually.True(() => { bool went = rig.PeerWrites(part); rig.Turn(); return went; });
            }
        }
        Until(rig, sent.Count);
        Assert.Equal(sent, rig.Forwarder.Frames);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Short_frames_are_counted_and_empty_ones_ignored(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        rig.PeerWrites([0, 0, 0, 0, .. StreamRig.OnWire(new byte[13]), .. StreamRig.OnWire([1]), 0, 0, 0, 0, .. StreamRig.OnWire(Frame(9, 60))]);
        Until(rig, 1);
        Assert.Equal(9, NumberOf(Assert.Single(rig.Forwarder.Frames)));
        Assert.Equal(2UL, rig.Drops(DropReason.Truncated));
        Assert.True(rig.Port.IsUp);
    }

    [Fact]
    public void A_ring_full_of_nothing_passes()
    {
        using StreamRig rig = new(isTcp: false);
        for (int i = 0; i < 8; i++)
        {
            Eventually.True(() => { rig.Turn(); return rig.PeerWrites(new byte[40_000]); });
        }
        rig.PeerSends(Frame(1, 60));
        Until(rig, 1);
        Assert.True(rig.Port.IsUp);
    }

    [Theory]
    [InlineData(false, 65_551u)]
    [InlineData(true, 65_551u)]
    [InlineData(false, 0x8000_0000u)]
    [InlineData(true, uint.MaxValue)]
    public void A_length_that_cannot_be_ends_the_connection_after_what_came_before(bool isTcp, uint length)
    {
        using StreamRig rig = new(isTcp);
        byte[] lie = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(lie, length);
        rig.PeerWrites([.. StreamRig.OnWire(Frame(1, 100)), .. lie, .. StreamRig.OnWire(Frame(2, 100))]);
        Eventually.True(() => { rig.Turn(); return !rig.Port.IsUp; });
        Assert.Equal(1, NumberOf(Assert.Single(rig.Forwarder.Frames)));
        Assert.Equal(1UL, rig.Drops(DropReason.BadLength));
        Assert.Single(rig.Ended);

        // It may come again, and begins anew.
        FileCalls.Close(rig.Peer);
        rig.Peer = rig.Connect();
        Eventually.True(() => { rig.Turn(); return rig.Port.IsUp; });
        rig.PeerSends(Frame(3, 100));
        Until(rig, 2);
        Assert.Equal(3, NumberOf(rig.Forwarder.Frames[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_new_connection_takes_the_place_of_the_old_one(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        int first = rig.Stream.Connection;
        int old = rig.Peer;
        rig.PeerWrites(StreamRig.OnWire(Frame(1, 100)).AsSpan(0, 50));
        rig.Turn();
        rig.Peer = rig.Connect();
        Eventually.True(() => { rig.Turn(); return rig.Ended.Count == 1 && rig.Port.IsUp; });
        Assert.Equal([first], rig.Ended);
        rig.PeerSends(Frame(3, 100));
        Until(rig, 1);
        Assert.Equal(3, NumberOf(Assert.Single(rig.Forwarder.Frames)));
        rig.Deliver(Frame(4, 100));
        Assert.Equal(4, NumberOf(rig.NextFrame()));
        FileCalls.Close(old);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frames_sent_before_a_peer_died_still_come(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        rig.PeerSends(Frame(1, 100));
        rig.PeerSends(Frame(2, 100));
        rig.PeerWrites(StreamRig.OnWire(Frame(3, 100)).AsSpan(0, 50));
        FileCalls.Close(rig.Peer);
        Eventually.True(() => { rig.Turn(); return !rig.Port.IsUp; });
        Assert.Equal([1, 2], rig.Forwarder.Frames.Select(NumberOf));
        Assert.Equal(1UL, rig.Drops(DropReason.Truncated));
        rig.Peer = rig.Connect();
        Eventually.True(() => { rig.Turn(); return rig.Port.IsUp; });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_nobody_listens_it_dials_until_somebody_does_and_again(bool isTcp)
    {
        using StreamRig rig = new(isTcp, listens: false);
        for (int i = 0; i < 5; i++)
        {
            rig.Turn();
        }
        Assert.False(rig.Port.IsUp);
        for (int life = 0; life < 2; life++)
        {
            using HostSockets sockets = new();
            int listener = isTcp ? sockets.Listen(rig.End, udp: false) : UnixSockets.Listen(rig.Path, SocketConstants.TypeStream);
            Assert.True(listener >= 0);
            Eventually.True(() => { rig.Turn(); return rig.Port.IsUp; });
            Eventually.True(() => (rig.Peer = SocketCalls.Accept(listener)) >= 0);
            FileCalls.Close(listener);
            rig.PeerSends(Frame(life, 100));
            Until(rig, life + 1);
            rig.Deliver(Frame(7, 100));
            Assert.Equal(7, NumberOf(rig.NextFrame()));
            FileCalls.Close(rig.Peer);
            rig.Peer = -1;
            Eventually.True(() => { rig.Turn(); return !rig.Port.IsUp; });
        }
        Assert.Equal(2, rig.Ended.Count);
    }

    [Fact]
    public void Descriptors_that_come_along_are_closed()
    {
        using StreamRig rig = new(isTcp: false);
        string peer = OpenDescriptors.TargetOf(rig.Peer)!;
        for (int i = 0; i < 20; i++)
        {
            byte[] wire = StreamRig.OnWire(Frame(i, 100));
            Assert.True(DescriptorMessages.Send(rig.Peer, wire.AsSpan(0, 50), [rig.Peer, rig.Peer]) == 50);
            Assert.True(rig.PeerWrites(wire.AsSpan(50)));
        }
        Until(rig, 20);
        Assert.Equal(Enumerable.Range(0, 20), rig.Forwarder.Frames.Select(NumberOf));
        Assert.Equal(1, OpenDescriptors.To(peer));
    }

    /// <summary>Urgent bytes stand in a TCP stream as others do. In a unix one they are its sender's own confusion.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Urgent_bytes_harm_nobody(bool isTcp)
    {
        const int urgent = 1; // MSG_OOB
        using StreamRig rig = new(isTcp);
        for (int i = 0; i < 50; i++)
        {
            byte[] wire = StreamRig.OnWire(Frame(i, 100));
            fixed (byte* at = wire)
            {
                IoVec run = new(at, (nuint)wire.Length);
                MessageHeader message = new() { Runs = &run, RunCount = 1 };
                Assert.True(SocketCalls.Send(rig.Peer, &message, urgent | SocketConstants.MessageDontWait) != 0);
            }
            rig.Turn();
        }
        if (isTcp)
        {
            Until(rig, 50);
            Assert.Equal(Enumerable.Range(0, 50), rig.Forwarder.Frames.Select(NumberOf));
        }
        FileCalls.Close(rig.Peer);
        rig.Peer = rig.Connect();
        Eventually.True(() => { rig.Turn(); return rig.Port.IsUp; });
        int frames = rig.Forwarder.Frames.Count;
        rig.PeerSends(Frame(99, 100));
        Eventually.True(() => { rig.Turn(); return rig.Forwarder.Frames.Count > frames && NumberOf(rig.Forwarder.Frames[^1]) == 99; });
    }

    [Fact]
    public void Its_frames_may_be_joined()
    {
        using StreamRig rig = new(isTcp: false);
        bool isCut = false;
        rig.Forwarder.DuringTurn = burst => isCut = burst.IsCut;
        rig.PeerSends(Frame(1, 60));
        Until(rig, 1);
        Assert.True(isCut);
    }

    private static void Until(StreamRig rig, int frames) =>
        Eventually.True(() => { rig.Turn(); return rig.Forwarder.Frames.Count >= frames; });
}
