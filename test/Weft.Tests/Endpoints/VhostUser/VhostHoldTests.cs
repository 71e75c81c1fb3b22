using Weft.Engine;
using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Back-pressure from guest to guest: what finds no room stays in its sender's ring for a while, in order, once.</summary>
public sealed class VhostHoldTests
{
    private static readonly DriverOptions s_small = new() { RingSize = 64, Buffers = 10 };

    /// <param name="cuts">The sender cannot hand over segments: its bursts go by way of the coalescer.</param>
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(8, false)]
    [InlineData(1, true)]
    [InlineData(8, true)]
    public void Frames_wait_for_room_and_arrive_once_and_in_order(int pairs, bool cuts)
    {
        // A machine that is busy elsewhere for 5 ms makes them drops; they are missing then, and nothing else is.
        int missing = 0;
        using VhostRig rig = new(Sender(cuts) with { QueuePairs = pairs, RingSize = 128 });
        VhostDriver receiver = Receiver(rig);
        Random random = new(pairs);
        int[] sent = new int[pairs];
        int[] got = new int[pairs];
        while (got.Sum() < 3000)
        {
            int pair = random.Next(pairs);
            for (int i = random.Next(40); i > 0 && rig.Driver.Rings[2 * pair + 1].BuffersOnTheirWay < 100; i--)
            {
                Assert.True(rig.Driver.Transmit[pair].Send(Frame(pair, sent[pair]++)));
            }
            rig.Turns(random.Next(3));
            rig.Driver.Transmit[pair].Reclaim();
            for (int i = random.Next(12); i > 0 && receiver.TakeFrame() is { } frame; i--)
            {
                int from = EndpointContract.NumberOf(frame.Bytes) >> 24;
                int number = EndpointContract.NumberOf(frame.Bytes) & 0xff_ffff;
                Assert.True(number >= got[from], $"frame {number} after {got[from] - 1}");
                missing += number - got[from];
                got[from] = number + 1;
            }
            Assert.InRange((ulong)missing, 0UL, rig.Neighbour.Drops(DropReason.PortFull) + rig.Drops(DropReason.PortFull));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_receiver_that_stands_still_holds_its_sender_up_once(bool cuts)
    {
        using VhostRig rig = new(Sender(cuts));
        VhostDriver receiver = Receiver(rig);
        for (int i = 0; i < 60; i++)
        {
            rig.Driver.Transmit[0].Send(Frame(0, i));
        }
        rig.Turns(3);
        Assert.Equal(0UL, rig.Neighbour.Drops(DropReason.PortFull));
        Thread.Sleep(20);
        rig.Turns(3);
        Assert.Equal(50UL, rig.Neighbour.Drops(DropReason.PortFull));
        rig.Driver.Transmit[0].Send(Frame(0, 60));
        rig.Turns(2);
        Assert.Equal(51UL, rig.Neighbour.Drops(DropReason.PortFull));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(i, EndpointContract.NumberOf(receiver.TakeFrame()!.Bytes));
        }
        rig.Driver.Transmit[0].Send(Frame(0, 61));
        rig.Turns(2);
        Assert.Equal(61, EndpointContract.NumberOf(receiver.TakeFrame()!.Bytes));
    }

    /// <summary>Nothing may come twice or be lost without a word, lies between the frames or not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Lies_among_frames_that_wait_are_counted_and_nothing_comes_twice(int pairs)
    {
        using VhostRig rig = new(new DriverOptions { QueuePairs = pairs, RingSize = 128 });
        VhostDriver receiver = Receiver(rig);
        Random random = new(21 + pairs);
        int sent = 0;
        int lies = 0;
        HashSet<int> got = [];
        for (int round = 0; round < 1500; round++)
        {
            int pair = random.Next(pairs);
            for (int i = random.Next(20); i > 0 && rig.Driver.Rings[2 * pair + 1].BuffersOnTheirWay < 60; i--)
            {
                if (random.Next(6) == 0)
                {
                    lies++;
                    rig.Driver.Transmit[pair].AddBytes(new byte[10], [10], indirect: false);
                    rig.Driver.Rings[2 * pair + 1].Publish();
                }
                else
                {
                    Assert.True(rig.Driver.Transmit[pair].Publish(Frame(0, sent++)));
                }
            }
            rig.Driver.Rings[2 * pair + 1].KickIfWanted();
            rig.Driver.Transmit[pair].Reclaim();
            rig.Turn();
            for (int i = random.Next(20); i > 0 && receiver.TakeFrame() is { } frame; i--)
            {
                Assert.True(got.Add(EndpointContract.NumberOf(frame.Bytes)), $"frame {EndpointContract.NumberOf(frame.Bytes)} came twice");
            }
        }
        Eventually.True(() =>
        {
            rig.Turn();
            while (receiver.TakeFrame() is { } frame)
            {
                Assert.True(got.Add(EndpointContract.NumberOf(frame.Bytes)));
            }
            return Enumerable.Range(0, pairs).All(pair => rig.Driver.Transmit[pair].Reclaim() >= 0 && rig.Driver.Rings[2 * pair + 1].BuffersOnTheirWay == 0);
        });
        ulong full = rig.Drops(DropReason.PortFull) + rig.Neighbour.Drops(DropReason.PortFull);
        Assert.Equal((ulong)lies, rig.Drops(DropReason.Truncated));
        Assert.Equal((ulong)sent, (ulong)got.Count + full);
    }

    /// <summary>A ring that its driver refills one by one, and a sender that sends only what there is room for: whoever misses
    /// the other's word stands still.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void No_word_of_room_is_lost_between_two_threads(int pairs)
    {
        using VhostRig rig = new(new DriverOptions { QueuePairs = pairs, RingSize = 64, Buffers = 1 });
        rig.Forwarder.Records = false;
        int frames = 0;
        RoomSender sender = new(rig, () => Volatile.Read(ref frames));
        rig.Forwarder.OnRoomAgain = sender.SendAll;
        Thread lane = new(rig.Lane.Run);
        lane.Start();
        rig.Lane.Post(sender.SendAll);
        try
        {
            int ring = sender.Pair;
            long until = Environment.TickCount64 + 3000;
            long heard = Environment.TickCount64;
            Random random = new(3);
            while (Environment.TickCount64 < until)
            {
                if (rig.Driver.Receive[ring].TryReceive() is null)
                {
                    Assert.True(Environment.TickCount64 - heard < 1000, $"standstill after {frames} frames: there is room, and nobody says so");
                    continue;
                }
                heard = Environment.TickCount64;
                Volatile.Write(ref frames, frames + 1);
                Thread.SpinWait(random.Next(200));
                rig.Driver.Receive[ring].Post(1, 2048);
                rig.Driver.Rings[2 * ring].KickIfWanted();
            }
        }
        finally
        {
            rig.Lane.Stop();
            lane.Join();
        }
        Assert.Equal(0UL, rig.Drops(DropReason.PortFull));
        Assert.InRange(frames, 100, int.MaxValue);
    }

    private static DriverOptions Sender(bool cuts) => cuts
        ? new DriverOptions { Features = DeviceFeatures.Usual & ~(DeviceFeatures.HostTso4 | DeviceFeatures.HostTso6 | DeviceFeatures.HostEcn) }
        : new DriverOptions();

    private static VhostDriver Receiver(VhostRig rig)
    {
        VhostPort neighbour = rig.Neighbour;
        neighbour.Replug(s_small);
        rig.Forwarder.Records = false;
        rig.Forwarder.DuringTurn = burst => neighbour.Port.DeliverOrHold(rig.Port, burst);
        return neighbour.Driver;
    }

    private static byte[] Frame(int from, int number) => EndpointContract.Frame(from << 24 | number, 100);
}
