using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.Dgram;

/// <summary>The contract's burst of 30 is more than a unix queue may take.</summary>
[Collection(nameof(SeamTests))]
public sealed class UnixDgramTests : EndpointContract
{
    public override EndpointRig Open() => new DgramRig(isUdp: false);

    [Fact]
    public void Lends() => LendsInOrderAndUnchangedUntilRelease();

    [Fact]
    public void Retains() => WhatIsLentDoesNotChangeWhenThePeerSendsMore();

    [Fact]
    public void Rewrites() => TheHeadMayBeRewrittenAndLongFramesComeWhole();

    [Fact]
    public void Fills() => AFullPeerIsCountedAndRoomIsToldAgain();

    [Fact]
    public void Replays() => FramesOfALifeThatEndedInATurnAreLentAgain();

    [Fact]
    public void AllocatesNothing() => ASteadyStateAllocatesNothing();

    [Fact]
    public void LosesItsPeer() => APeerThatGoesInTheMiddleOfABurstHarmsNobody();
}
