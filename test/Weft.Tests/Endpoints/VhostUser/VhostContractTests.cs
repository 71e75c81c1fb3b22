using Weft.Engine;
using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>What every endpoint promises, asked of a guest's rings. Where the contract's words are those of sockets, ours stand here.</summary>
[Collection(nameof(SeamTests))]
public sealed class VhostContractTests : EndpointContract
{
    public override EndpointRig Open() => new VhostRig();

    [Fact]
    public void Lends() => LendsInOrderAndUnchangedUntilRelease();

    [Fact]
    public void Retains() => WhatIsLentDoesNotChangeWhenThePeerSendsMore();

    [Fact]
    public void Rewrites() => TheHeadMayBeRewrittenAndLongFramesComeWhole();

    [Fact]
    public void Delivers() => DeliversInOrderAndDropsWhatIsTooLong();

    [Fact]
    public void Replays() => FramesOfALifeThatEndedInATurnAreLentAgain();

    [Fact]
    public void AllocatesNothing() => ASteadyStateAllocatesNothing();

    [Fact]
    public void AGuestWithoutBuffersIsCountedAndRoomIsToldAgain()
    {
        using VhostRig rig = new(new DriverOptions { Buffers = 2 });
        Assert.Equal(2, rig.Endpoint.Room);
        rig.Deliver(Frame(1, 100), Frame(2, 100), Frame(3, 100), Frame(4, 100));
        Assert.Equal(2UL, rig.Drops(DropReason.PortFull));
        Assert.Equal(0, rig.Endpoint.Room);
        rig.Turns(3);
        Assert.Equal(0, rig.Forwarder.RoomAgains);
        Assert.Equal(1, NumberOf(rig.PeerReceives()!));
        Eventually.True(() =>
        {
            rig.Turn();
            return rig.Forwarder.RoomAgains == 1;
        });
        Assert.Equal(1, rig.Endpoint.Room);
        rig.Deliver(Frame(5, 100));
        Assert.Equal([2, 5], new[] { rig.PeerReceives()!, rig.PeerReceives()! }.Select(NumberOf));
        Assert.Equal(2UL, rig.Drops(DropReason.PortFull));
    }

    [Fact]
    public void AFrontEndThatGoesInTheMiddleOfABurstHarmsNobody()
    {
        using VhostRig rig = new();
        rig.Forwarder.DuringTurn = burst =>
        {
            rig.PeerGoes();
            rig.Port.Deliver(burst.Frames);
        };
        for (int i = 0; i < 10; i++)
        {
            rig.PeerSends(Frame(i, 200));
        }
        Eventually.True(() =>
        {
            rig.Turn();
            return !rig.Port.IsUp;
        });
        Assert.Equal(10, rig.Forwarder.Frames.Count);
        rig.Deliver(Frame(1, 100));
        Assert.Equal(1UL, rig.Drops(DropReason.NoCarrier));
        rig.Turn();
    }
}
