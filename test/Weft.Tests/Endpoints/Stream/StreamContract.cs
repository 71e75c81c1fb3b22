using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.Stream;

public abstract class StreamContract : EndpointContract
{
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
}
