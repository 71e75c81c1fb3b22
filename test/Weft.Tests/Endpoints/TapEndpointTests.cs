using Weft.Endpoints.Tap;
using Weft.Engine;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Endpoints;

[Collection(nameof(SeamTests))]
public sealed class TapEndpointTests : EndpointContract
{
    public override EndpointRig Open() => new TapRig();

    [Requires("root", "tun", "ip")]
    public void Lends() => LendsInOrderAndUnchangedUntilRelease();

    [Requires("root", "tun", "ip")]
    public void Retains() => WhatIsLentDoesNotChangeWhenThePeerSendsMore();

    [Requires("root", "tun", "ip")]
    public void Rewrites() => TheHeadMayBeRewrittenAndLongFramesComeWhole();

    [Requires("root", "tun", "ip")]
    public void Delivers() => DeliversInOrderAndDropsWhatIsTooLong();

    [Requires("root", "tun", "ip")]
    public void Fills() => AFullPeerIsCountedAndRoomIsToldAgain();

    [Requires("root", "tun", "ip")]
    public void LosesItsPeer() => APeerThatGoesInTheMiddleOfABurstHarmsNobody();

    [Requires("root", "tun", "ip")]
    public void Replays() => FramesOfALifeThatEndedInATurnAreLentAgain();

    [Requires("root", "tun", "ip")]
    public void AllocatesNothing() => ASteadyStateAllocatesNothing();

    [Requires("root", "tun", "ip")]
    public void LongFramesInOneTurnAreAsManyAsThereAreOverflows()
    {
        using TapRig rig = new();
        int most = 0;
        rig.Forwarder.DuringTurn = burst => most = Math.Max(most, burst.Count);
        for (int i = 0; i < 20; i++)
        {
            Assert.True(rig.PeerSends(Frame(i, i % 2 == 0 ? rig.LongFrame : 100)));
        }
        Eventually.True(() =>
        {
            rig.Turn();
            return rig.Forwarder.Frames.Count == 20;
        });
        Assert.Equal(Enumerable.Range(0, 20), rig.Forwarder.Frames.Select(NumberOf));
        Assert.All(rig.Forwarder.Frames, frame => Assert.Equal(Frame(NumberOf(frame), frame.Length), frame));
        Assert.InRange(most, 8, 16);
    }

    [Requires("root", "tun", "ip")]
    public unsafe void ACoalescedFrameComesWholeFromAllItsRuns()
    {
        using TapRig rig = new();
        byte[] frame = Frame(3, 60_000);
        fixed (byte* bytes = frame)
        {
            byte* memory = stackalloc byte[FrameRef.Headroom + Burst.HeadSize];
            IoVec* runs = stackalloc IoVec[Coalescer.RunsPerFrame];
            FrameRef whole = new() { Head = memory + FrameRef.Headroom, Rest = runs };
            FramePieces pieces = new(new FrameRef { Head = bytes, HeadLength = frame.Length });
            for (int left = Coalescer.RunsPerFrame; left > 0; left--)
            {
                pieces.AddTo(ref whole, (frame.Length - whole.Length) / left);
            }
            Assert.Equal((Coalescer.RunsPerFrame, frame.Length), (whole.RestCount, whole.Length));
            rig.Port.Deliver(new ReadOnlySpan<FrameRef>(in whole));
        }
        Assert.Equal(frame, rig.PeerReceives());
    }

    [Requires("root", "tun", "ip")]
    public void TheCarrierFollowsTheCable()
    {
        using TapRig rig = new();
        Assert.Equal(0, rig.Device.SetCarrier(false));
        Assert.Contains("NO-CARRIER", Commands.Run("ip", "-n", rig.Space, "link", "show", "weft0"));
        Assert.Equal(0, rig.Device.SetCarrier(true));
        Assert.DoesNotContain("NO-CARRIER", Commands.Run("ip", "-n", rig.Space, "link", "show", "weft0"));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, true)]
    [InlineData(1, 0, 0, 0, 34, 16, true)]
    [InlineData(1, 0, 0, 0, 34, 65, false)]
    [InlineData(1, 0, 0, 0, 65535, 65535, false)]
    [InlineData(1, 0, 0, 0, 0, 16, false)]
    [InlineData(1, 1, 54, 1448, 34, 16, true)]
    [InlineData(1, 1, 54, 0, 34, 16, false)]
    [InlineData(0, 1, 54, 1448, 34, 16, false)]
    [InlineData(1, 1, 101, 1448, 34, 16, false)]
    [InlineData(1, 0x81, 54, 1448, 34, 16, true)]
    [InlineData(1, 3, 54, 1448, 34, 16, false)]
    public void OffloadsStayInsideTheFrame(byte flags, byte gso, ushort header, ushort size, ushort start, ushort offset, bool sane)
    {
        Offload offload = new()
        {
            Flags = flags,
            GsoType = gso,
            HeaderLength = header,
            GsoSize = size,
            ChecksumStart = start,
            ChecksumOffset = offset,
        };
        Assert.Equal(sane, OffloadCheck.IsSane(in offload, 100));
    }
}
