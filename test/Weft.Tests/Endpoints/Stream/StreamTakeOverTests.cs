using System.Buffers.Binary;
using Weft.Endpoints.Stream;
using Weft.Engine;
using Weft.Linux.Sockets;
using Weft.Tests.Linux;
using static Weft.Tests.Endpoints.EndpointContract;

namespace Weft.Tests.Endpoints.Stream;

/// <summary>A life that ends between any two steps of a read or a send, and the next one on the same connection.</summary>
[Collection(nameof(SeamTests))]
public sealed unsafe class StreamTakeOverTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Half_a_frame_is_finished_by_the_next_life(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        byte[] wire = StreamRig.OnWire(Frame(1, 300));
        for (int cut = 1; cut < wire.Length; cut += 3)
        {
            rig.Forwarder.Frames.Clear();
            rig.PeerWrites(wire.AsSpan(0, cut));
            rig.Turn();
            rig.TakeOver();
            rig.PeerWrites(wire.AsSpan(cut));
            Until(rig, 1);
            Assert.Equal([Frame(1, 300)], rig.Forwarder.Frames);
            rig.Deliver(Frame(cut, 100));
            Assert.Equal(cut, NumberOf(rig.NextFrame()));
        }
        Assert.Empty(rig.Ended);
    }

    /// <summary>Lengths of which the steps from frame to frame would never end, or never come back.</summary>
    [Theory]
    [InlineData(0xffff_fffcu)]
    [InlineData(0xffff_ff94u)]
    [InlineData(65_551u)]
    public void A_lie_that_an_earlier_life_had_lent_ends_the_connection(uint length)
    {
        using StreamRig rig = new(isTcp: false);
        byte[] bytes = [.. StreamRig.OnWire(Frame(1, 100)), .. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(length)), 0, 0, 0, 0];
        bytes.CopyTo(new Span<byte>(StreamRecord.Ring(rig.Record) + rig.Record->End, bytes.Length));
        rig.Record->End += (ulong)bytes.Length;
        rig.Record->Taking = rig.Record->LentTo = rig.Record->End;

        rig.TakeOver();

        Eventually.True(() => { rig.Turn(); return !rig.Port.IsUp; });
        Assert.Equal([Frame(1, 100)], rig.Forwarder.Frames);
        Assert.Equal((1UL, 0UL), (rig.Drops(DropReason.BadLength), rig.Drops(DropReason.Truncated)));
    }

    /// <summary>Peeked only; written down; taken in part; taken, and the life ended before it could write that down.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 150)]
    [InlineData(true, 212)]
    public void A_unix_read_that_was_under_way_is_neither_lost_nor_doubled(bool written, int taken)
    {
        using StreamRig rig = new(isTcp: false);
        rig.PeerWrites(StreamRig.OnWire(Frame(1, 104)).AsSpan(0, 60));
        rig.Turn();
        byte[] rest = [.. StreamRig.OnWire(Frame(1, 104)).AsSpan(60), .. StreamRig.OnWire(Frame(2, 160))];
        Assert.Equal(212, rest.Length);
        rig.PeerWrites(rest);
        byte* ring = StreamRecord.Ring(rig.Record) + rig.Record->End;
        Assert.Equal(212, SocketCalls.Receive(rig.Stream.Connection, ring, 4096, SocketConstants.MessagePeek | SocketConstants.MessageDontWait));
        rig.Record->Taking = rig.Record->End + (written ? 212u : 0);
        byte* nowhere = stackalloc byte[212];
        Assert.True(taken == 0 || SocketCalls.Receive(rig.Stream.Connection, nowhere, taken, SocketConstants.MessageDontWait) == taken);
        rig.TakeOver();
        rig.PeerSends(Frame(3, 90));
        Until(rig, 3);
        Assert.Equal([Frame(1, 104), Frame(2, 160), Frame(3, 90)], rig.Forwarder.Frames);
    }

    [Fact]
    public void A_tcp_read_that_was_under_way_is_neither_lost_nor_doubled()
    {
        using StreamRig rig = new(isTcp: true);
        rig.PeerWrites(StreamRig.OnWire(Frame(1, 104)).AsSpan(0, 60));
        Eventually.True(() => { rig.Turn(); return rig.Record->End == 60; });
        rig.PeerWrites([.. StreamRig.OnWire(Frame(1, 104)).AsSpan(60), .. StreamRig.OnWire(Frame(2, 160))]);
        byte* ring = StreamRecord.Ring(rig.Record) + rig.Record->End;
        Eventually.True(() => SocketCalls.Receive(rig.Stream.Connection, ring, 212, SocketConstants.MessageDontWait) == 212);
        rig.TakeOver();
        rig.PeerSends(Frame(3, 90));
        Until(rig, 3);
        Assert.Equal([Frame(1, 104), Frame(2, 160), Frame(3, 90)], rig.Forwarder.Frames);
    }

    /// <summary>A send of three frames of 104 bytes on the wire, of which the kernel took so many when the life ended.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(104, true)]
    [InlineData(208, true)]
    [InlineData(312, true)]
    [InlineData(1, false)]
    [InlineData(103, false)]
    [InlineData(211, false)]
    public void A_tcp_send_that_was_under_way_goes_on_or_ends_but_never_goes_astray(int sent, bool goesOn)
    {
        using StreamRig rig = new(isTcp: true);
        rig.Deliver(Frame(0, 500));
        rig.NextFrame();
        new SendJournal(rig.Record).Begin([104, 104, 104]);
        byte[] wire = [.. StreamRig.OnWire(Frame(1, 100)), .. StreamRig.OnWire(Frame(2, 100)), .. StreamRig.OnWire(Frame(3, 100))];
        fixed (byte* at = wire)
        {
            Assert.True(sent == 0 || SocketCalls.Send(rig.Stream.Connection, at, sent) == sent);
        }
        rig.TakeOver();
        rig.Turn();
        Assert.Equal(goesOn, rig.Port.IsUp);
        Assert.Equal(goesOn ? 0UL : 1UL, rig.Drops(DropReason.HalfSent));
        if (goesOn)
        {
            for (int i = 1; i <= sent / 104; i++)
            {
                Assert.Equal(i, NumberOf(rig.NextFrame()));
            }
            rig.Deliver(Frame(9, 700));
            Assert.Equal(9, NumberOf(rig.NextFrame()));
        }
    }

    /// <summary>The room that was looked up is taken away, so a frame is cut all the same: its rest goes out first, whoever lives then.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_rest_of_a_cut_tcp_frame_goes_out_before_anything_else(bool takesOver)
    {
        using StreamRig rig = new(isTcp: true);
        Shrink(rig);
        rig.Deliver([.. Enumerable.Range(1, 60).Select(i => Frame(i, 30_000))]);
        Assert.True(new SendJournal(rig.Record).HasRest, "nothing was cut");
        ulong dropped = rig.Drops(DropReason.PortFull);
        if (takesOver)
        {
            rig.TakeOver();
        }
        Assert.Equal(0, rig.Endpoint.Room);
        rig.Deliver(Frame(-1, 60));
        Assert.Equal(dropped + 1, rig.Drops(DropReason.PortFull));
        for (int i = 1; i <= 60 - (int)dropped; i++)
        {
            Assert.Equal(Frame(i, 30_000), rig.NextFrame());
        }
        Eventually.True(() => { rig.Turn(); return rig.Endpoint.Room > 0; });
        rig.Deliver(Frame(99, 100));
        Assert.Equal(99, NumberOf(rig.NextFrame()));
        Assert.Equal(0UL, rig.Drops(DropReason.HalfSent));
        Assert.Empty(rig.Ended);
    }

    [Fact]
    public void A_cut_unix_frame_ends_the_connection_after_the_turn()
    {
        using StreamRig rig = new(isTcp: false);
        Shrink(rig);
        rig.Deliver(Frame(1, 60_000));
        Assert.Equal(1UL, rig.Drops(DropReason.HalfSent));
        rig.Deliver(Frame(2, 60));
        Eventually.True(() => { rig.Turn(); return !rig.Port.IsUp; });
        Assert.Single(rig.Ended);
        Assert.Equal(1UL, rig.Drops(DropReason.PeerGone));
    }

    [Fact]
    public void Frames_that_end_every_life_are_left_out()
    {
        using StreamRig rig = new(isTcp: false);
        rig.PeerSends(Frame(1, 100));
        rig.Forwarder.DuringTurn = _ => throw new OperationCanceledException("the end of this life");
        for (int life = 0; life < 5; life++)
        {
            Assert.Throws<OperationCanceledException>(() => { rig.Turn(); rig.Turn(); });
            rig.TakeOver();
        }
        rig.Forwarder.DuringTurn = null;
        rig.PeerSends(Frame(2, 100));
        Until(rig, 1);
        Assert.Equal([2], rig.Forwarder.Frames.Select(NumberOf));
    }

    [Fact]
    public void A_record_that_cannot_be_ends_the_connection()
    {
        using StreamRig rig = new(isTcp: false);
        rig.Record->Start = ulong.MaxValue / 2;
        rig.TakeOver();
        rig.Turn();
        Assert.False(rig.Port.IsUp);
        Assert.Single(rig.Ended);
    }

    private static void Shrink(StreamRig rig)
    {
        Assert.Equal(Burst.Capacity, rig.Endpoint.Room);
        Assert.True(SocketCalls.SetOption(rig.Stream.Connection, SocketConstants.LevelSocket, SocketConstants.SendBuffer, 4096) >= 0);
        if (rig.IsTcp)
        {
            SocketCalls.SetOption(rig.Peer, SocketConstants.LevelSocket, SocketConstants.ReceiveBuffer, 4096);
        }
    }

    private static void Until(StreamRig rig, int frames) =>
        Eventually.True(() => { rig.Turn(); return rig.Forwarder.Frames.Count >= frames; });
}
