using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.Dgram;

/// <summary>Over UDP nobody tells that a peer has gone.</summary>
[Collection(nameof(SeamTests))]
public sealed class UdpDgramTests : EndpointContract
{
    public override EndpointRig Open() => new DgramRig(isUdp: true);

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
    public void Delivers() => DeliversInOrderAndDropsWhatIsTooLong();
}
