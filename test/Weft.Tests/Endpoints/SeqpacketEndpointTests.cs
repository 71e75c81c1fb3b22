using Weft.Engine;
using Weft.Linux;
using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints;

[Collection(nameof(SeamTests))]
public sealed class SeqpacketEndpointTests : EndpointContract
{
    public override EndpointRig Open() => new SeqpacketRig();

    [Fact]
    public void Lends() => LendsInOrderAndUnchangedUntilRelease();

    [Fact]
    public void Retains() => WhatIsLentDoesNotChangeWhenThePeerSendsMore();

    [Fact]
    public void Rewrites() => TheHeadMayBeRewrittenAndLongFramesComeWhole();

    [Fact]
    public void Delivers() => DeliversInOrderAndDropsWhatIsTooLong();

    [Fact]
    public void Fills() => AFullPeerIsCountedAndRoomIsToldAgain();

    [Fact]
    public void LosesItsPeer() => APeerThatGoesInTheMiddleOfABurstHarmsNobody();

    [Fact]
    public void Replays() => FramesOfALifeThatEndedInATurnAreLentAgain();

    [Fact]
    public void AllocatesNothing() => ASteadyStateAllocatesNothing();

    [Fact]
    public void ItsFramesMayBeJoined()
    {
        using SeqpacketRig rig = new();
        bool isCut = false;
        rig.Forwarder.DuringTurn = burst => isCut = burst.IsCut;
        rig.PeerSends(Frame(1, 60));
        rig.Turn();
        Assert.True(isCut);
    }

    [Fact]
    public void LyingMessagesAreCountedAndHarmNobody()
    {
        using SeqpacketRig rig = new();
        rig.PeerSends(new byte[13]);
        rig.PeerSends(new byte[rig.LongFrame + 1]);
        rig.PeerSends(new byte[60_000]);
        rig.PeerSends([]);
        rig.PeerSends(Frame(9, 60));
        rig.Turn();
        rig.Turn();
        Assert.Equal(9, NumberOf(Assert.Single(rig.Forwarder.Frames)));
        Assert.Equal(2UL, rig.Drops(DropReason.Truncated));
        Assert.Equal(2UL, rig.Drops(DropReason.Oversized));
        Assert.True(rig.Port.IsUp);
    }

    [Fact]
    public void APeerThatDoesNotReadFillsItsOwnQueueOnly()
    {
        using SeqpacketRig rig = new();
        byte[][] burst = [.. Enumerable.Range(0, 64).Select(i => Frame(i, 1514))];
        int rounds = 0;
        while (rig.Endpoint.Room > 0 && ++rounds < 1000)
        {
            rig.Deliver(burst.AsSpan(0, rig.Endpoint.Room));
        }
        Assert.InRange(rounds, 1, 999);
        // The estimate promises no more than there is, and not much less.
        Assert.Equal(0UL, rig.Drops(DropReason.PortFull));
        int received = 0;
        while (rig.PeerReceives() is not null)
        {
            received++;
        }
        Assert.InRange(received, 64, 100_000);
        Eventually.True(() =>
        {
            rig.Turn();
            return rig.Forwarder.RoomAgains > 0;
        });
        Assert.Equal(Burst.Capacity, rig.Endpoint.Room);
    }

    [Fact]
    public void ANewConnectionTakesThePlaceOfTheOldOne()
    {
        using SeqpacketRig rig = new();
        int first = rig.Seqpacket.Connection;
        int old = rig.Peer;
        rig.Peer = rig.Connect();
        rig.Turn();
        Assert.Equal([first], rig.Ended);
        Assert.True(rig.Port.IsUp);
        Assert.Equal([true, false, true], rig.Forwarder.Carrier.TakeLast(3));
        rig.PeerSends(Frame(3, 100));
        rig.Turn();
        Assert.Equal(3, NumberOf(Assert.Single(rig.Forwarder.Frames)));
        FileCalls.Close(old);
    }

    [Fact]
    public void FramesSentBeforeAPeerDiedStillCome()
    {
        using SeqpacketRig rig = new();
        rig.Deliver(Frame(0, 100));
        rig.PeerSends(Frame(1, 100));
        rig.PeerSends(Frame(2, 100));
        rig.PeerGoes();
        Eventually.True(() =>
        {
            rig.Turn();
            return !rig.Port.IsUp;
        });
        Assert.Equal([1, 2], rig.Forwarder.Frames.Select(NumberOf));
        Assert.Single(rig.Ended);
        Assert.Equal(0UL, rig.Drops(DropReason.Truncated));
        rig.Peer = rig.Connect();
        rig.Turn();
        Assert.True(rig.Port.IsUp);
    }
}
