using System.Buffers.Binary;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints;

/// <summary>
/// What every endpoint promises (<see cref="IEndpoint"/>): what was lent stays as it was until Release whatever the peer
/// does; what is delivered is the head as it is now and the rest; what cannot go is counted; nothing throws; a frame that
/// was read and not finished is lent again by the next life; a steady state allocates nothing.
/// The seam is armed here, so these run while no other test does.
/// </summary>
public abstract class EndpointContract
{
    private const int HeaderSize = 14;

    public abstract EndpointRig Open();

    protected void LendsInOrderAndUnchangedUntilRelease()
    {
        using EndpointRig rig = Open();
        List<byte[]> sent = [];
        for (int i = 0; i < 150; i++)
        {
            byte[] frame = Frame(i, HeaderSize + 4 + i * 7 % (rig.LongFrame - HeaderSize - 4));
            sent.Add(frame);
            Assert.True(rig.PeerSends(frame));
            if (i % 37 == 0)
            {
                rig.Turn();
            }
        }
        Eventually.True(() => Turned(rig).Forwarder.Frames.Count >= sent.Count);
        Assert.Equal(sent, rig.Forwarder.Frames);
    }

    protected void WhatIsLentDoesNotChangeWhenThePeerSendsMore()
    {
        using EndpointRig rig = Open();
        byte[] first = Frame(1, 600);
        byte[]? seenLater = null;
        rig.Forwarder.DuringTurn = burst =>
        {
            rig.Forwarder.DuringTurn = null;
            byte[] seen = RecordingForwarder.Bytes(in burst[0]);
            for (int i = 0; i < 20; i++)
            {
                rig.PeerSends(Frame(100 + i, 600));
            }
            Assert.Equal(first, seen);
            seenLater = RecordingForwarder.Bytes(in burst[0]);
        };
        rig.PeerSends(first);
        Eventually.True(() => Turned(rig).Forwarder.Frames.Count == 21);
        Assert.Equal(first, seenLater);
        Assert.Equal(Enumerable.Range(100, 20), rig.Forwarder.Frames.Skip(1).Select(NumberOf));
    }

    protected unsafe void TheHeadMayBeRewrittenAndLongFramesComeWhole()
    {
        using EndpointRig rig = Open();
        byte[] frame = Frame(7, rig.LongFrame);
        rig.Forwarder.DuringTurn = burst =>
        {
            Assert.InRange(burst[0].HeadLength, 1, Burst.HeadSize);
            Assert.Equal(rig.LongFrame, burst[0].Length);
            burst[0].Head[0] = 0x42;
            new Span<byte>(burst[0].Head - FrameRef.Headroom, FrameRef.Headroom).Fill(0xee);
            rig.Port.Deliver(burst.Frames);
        };
        rig.PeerSends(frame);
        byte[]? back = null;
        Eventually.True(() => (back = Turned(rig).PeerReceives()) is not null);
        frame[0] = 0x42;
        Assert.Equal(frame, back);
    }

    protected void DeliversInOrderAndDropsWhatIsTooLong()
    {
        using EndpointRig rig = Open();
        byte[][] frames = [.. Enumerable.Range(0, 30).Select(i => Frame(i, 60 + i * 40))];
        rig.Deliver(frames);
        rig.Deliver(Frame(1, rig.LongFrame + 64), Frame(2, 100));
        Assert.Equal(1UL, rig.Drops(DropReason.Oversized));
        foreach (byte[] frame in frames.Append(Frame(2, 100)))
        {
            byte[]? got = null;
            Eventually.True(() => (got = rig.PeerReceives()) is not null);
            Assert.Equal(frame, got);
        }
        Assert.Null(rig.PeerReceives());
    }

    protected void AFullPeerIsCountedAndRoomIsToldAgain()
    {
        using EndpointRig rig = Open();
        Assert.InRange(rig.Endpoint.Room, 1, Port.Plenty);
        Seam.Arm(new FaultRecord { Kind = FaultKind.Fail, AtCall = 1, Argument = Errno.EAGAIN });
        rig.Deliver(Frame(1, 100), Frame(2, 100), Frame(3, 100));
        Seam.Arm(default);
        Assert.Equal(3UL, rig.Drops(DropReason.PortFull));
        Assert.Equal(0, rig.Endpoint.Room);
        Eventually.True(() => Turned(rig).Forwarder.RoomAgains == 1);
        Assert.InRange(rig.Endpoint.Room, 1, Port.Plenty);
        rig.Deliver(Frame(4, 100));
        byte[]? got = null;
        Eventually.True(() => (got = rig.PeerReceives()) is not null);
        Assert.Equal(4, NumberOf(got!));
    }

    protected void APeerThatGoesInTheMiddleOfABurstHarmsNobody()
    {
        using EndpointRig rig = Open();
        bool wasUp = rig.Port.IsUp;
        rig.Forwarder.DuringTurn = burst =>
        {
            rig.PeerGoes();
            rig.Port.Deliver(burst.Frames);
        };
        for (int i = 0; i < 10; i++)
        {
            rig.PeerSends(Frame(i, 200));
        }
        Eventually.True(() => Turned(rig).Forwarder.Frames.Count >= 1);
        Eventually.True(() => !Turned(rig).Port.IsUp);
        Assert.True(wasUp);
        Assert.True(rig.Drops(DropReason.PeerGone) + rig.Drops(DropReason.NoCarrier) >= 1);
        rig.Deliver(Frame(1, 100));
        rig.Turn();
    }

    protected void FramesOfALifeThatEndedInATurnAreLentAgain()
    {
        using EndpointRig rig = Open();
        int before = rig.Forwarder.Frames.Count;
        rig.Forwarder.DuringTurn = _ => throw new OperationCanceledException("the end of this life");
        for (int i = 0; i < 5; i++)
        {
            rig.PeerSends(Frame(i, 700));
        }
        Eventually.True(() => EndsIn(rig));
        rig.Forwarder.DuringTurn = null;
        rig.TakeOver();
        rig.PeerSends(Frame(5, 700));
        Eventually.True(() => Turned(rig).Forwarder.Frames.Count >= before + 6);
        Assert.Equal(Enumerable.Range(0, 6), rig.Forwarder.Frames.Select(NumberOf));
        Assert.All(rig.Forwarder.Frames, frame => Assert.Equal(700, frame.Length));
        rig.TakeOver();
        rig.Turn();
        rig.Turn();
        Assert.Equal(6, rig.Forwarder.Frames.Count);
    }

    protected void ASteadyStateAllocatesNothing()
    {
        using EndpointRig rig = Open();
        rig.Forwarder.Records = false;
        byte[] frame = Frame(1, 400);
        rig.Forwarder.DuringTurn = burst => rig.Port.Deliver(burst.Frames);
        long Rounds(int count)
        {
            long allocated = 0;
            for (int i = 0; i < count; i++)
            {
                rig.PeerSends(frame);
                long before = GC.GetAllocatedBytesForCurrentThread();
                rig.Turn();
                _ = rig.Endpoint.Room;
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                rig.PeerReceives();
            }
            return allocated;
        }

        Rounds(300);
        Assert.Equal(0, Rounds(1000));
    }

    internal static byte[] Frame(int number, int length)
    {
        byte[] frame = new byte[length];
        for (int i = HeaderSize; i < length; i++)
        {
            frame[i] = (byte)(i * 31 + number);
        }
        frame.AsSpan(0, 6).Fill(0xff);
        frame[6] = 0x52;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x88b5);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeaderSize), number);
        return frame;
    }

    internal static int NumberOf(byte[] frame) => BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(HeaderSize));

    private static EndpointRig Turned(EndpointRig rig)
    {
        rig.Turn();
        return rig;
    }

    private static bool EndsIn(EndpointRig rig)
    {
        try
        {
            rig.Turn();
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
