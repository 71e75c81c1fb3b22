using System.Buffers.Binary;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Tests.Linux;
using static Weft.Tests.Endpoints.EndpointContract;

namespace Weft.Tests.Endpoints.Stream;

/// <summary>Toward a peer that does not read: no frame is cut.</summary>
public sealed unsafe partial class StreamEndpointTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_that_does_not_read_fills_its_own_queue_and_no_frame_is_cut(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        int sent = 0;
        for (int rounds = 0; rig.Endpoint.Room > 0 && rounds < 1000; rounds++)
        {
            byte[][] burst = [.. Enumerable.Range(sent, rig.Endpoint.Room).Select(i => Frame(i, 1514))];
            rig.Deliver(burst);
            sent += burst.Length;
        }
        // The estimate promises no more than there is.
        Assert.Equal(0UL, rig.Drops(DropReason.PortFull));
        rig.Deliver(Frame(-1, 1514));
        Assert.Equal(1UL, rig.Drops(DropReason.PortFull));
        Assert.InRange(sent, 50, 100_000);
        for (int i = 0; i < sent; i++)
        {
            Assert.Equal(i, NumberOf(rig.NextFrame()));
        }
        Assert.Null(rig.PeerReceives());
        Eventually.True(() => { rig.Turn(); return rig.Forwarder.RoomAgains > 0; });
        Assert.InRange(rig.Endpoint.Room, 50, Burst.Capacity);
        Assert.Equal(0UL, rig.Drops(DropReason.HalfSent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Long_and_short_frames_toward_a_full_peer_are_never_cut(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        Random random = new(2);
        int next = 0, got = 0;
        ulong dropped = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[][] burst = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Frame(next++, random.Next(3) == 0 ? 60_000 : 900))];
            rig.Deliver(burst);
            rig.Turn();
            if (round % 100 == 99)
            {
                while (rig.PeerReceives() is not null)
                {
                    got++;
                }
            }
        }
        Eventually.True(() =>
        {
            rig.Turn();
            got += rig.PeerReceives() is null ? 0 : 1;
            dropped = rig.Drops(DropReason.PortFull);
            return got + (int)dropped == next;
        });
        Assert.InRange(dropped, 1UL, (ulong)next - 100);
        Assert.Equal(0UL, rig.Drops(DropReason.HalfSent));
        Assert.Empty(rig.Ended);
    }

    /// <summary>What is looked up in the middle of a burst does not know of what was composed and not sent.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_burst_of_more_than_fits_is_not_cut(bool isTcp)
    {
        using StreamRig rig = new(isTcp);
        rig.Deliver([.. Enumerable.Range(0, 64).Select(i => Frame(i, 65_000))]);
        rig.Deliver([.. Enumerable.Range(64, 64).Select(i => Frame(i, 65_000))]);
        Assert.Equal(0UL, rig.Drops(DropReason.HalfSent));
        Assert.Equal(0, rig.Record->RestLength);
        int whole = 128 - (int)rig.Drops(DropReason.PortFull);
        Assert.InRange(whole, 2, 127);
        for (int i = 0; i < whole; i++)
        {
            Assert.Equal(65_000, rig.NextFrame().Length);
        }
    }

    /// <summary>The kernel would take the first part of it, and nothing more.</summary>
    [Fact]
    public void A_long_frame_that_would_be_cut_is_not_begun()
    {
        using StreamRig rig = new(isTcp: false);
        int connection = rig.Stream.Connection, sent = 0;
        int buffer = SocketCalls.GetOption(connection, SocketConstants.LevelSocket, SocketConstants.SendBuffer);
        while (buffer - SocketCalls.Queue(connection, SocketConstants.OutQueue) > 12_000)
        {
            rig.Deliver(Frame(sent++, 900));
        }
        rig.Deliver(Frame(-1, 60_000));
        Assert.Equal((1UL, 0UL), (rig.Drops(DropReason.PortFull), rig.Drops(DropReason.HalfSent)));
        for (int i = 0; i < sent; i++)
        {
            Assert.Equal(i, NumberOf(rig.NextFrame()));
        }
    }
}
