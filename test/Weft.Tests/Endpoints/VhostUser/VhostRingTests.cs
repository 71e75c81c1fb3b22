using System.Reflection;
using Weft.Endpoints.VhostUser;
using Weft.Engine;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Rings of every size and many times around; several pairs; buffers given back in order.</summary>
public sealed class VhostRingTests
{
    [Theory]
    [InlineData(DeviceFeatures.Usual)]
    [InlineData(DeviceFeatures.Usual & ~DeviceFeatures.EventIndex)]
    [InlineData(DeviceFeatures.Usual | DeviceFeatures.InOrder)]
    public void Indices_run_past_65535(DeviceFeatures features)
    {
        using VhostRig rig = new(new DriverOptions { Features = features, FirstIndex = 65_300, Buffers = 64 });
        for (int i = 0; i < 1000; i++)
        {
            PassBothWays(rig, i);
        }
        Assert.Equal(65_300 + 1000 - 65_536, rig.Driver.Rings[1].UsedIndex);
    }

    [Fact]
    public void A_ring_goes_round_all_of_its_indices()
    {
        using VhostRig rig = new(new DriverOptions { RingSize = 64, Buffers = 64 });
        rig.Forwarder.Records = false;
        int arrived = 0;
        rig.Forwarder.DuringTurn = burst =>
        {
            arrived += burst.Count;
            rig.Port.Deliver(burst.Frames);
        };
        byte[] frame = EndpointContract.Frame(1, 60);
        for (int sent = 0; sent < 70_000; sent += 50)
        {
            for (int i = 0; i < 50; i++)
            {
                Assert.True(rig.Driver.Transmit[0].Publish(frame));
            }
            rig.Driver.Rings[1].KickIfWanted();
            rig.Turn();
            for (int i = 0; i < 50; i++)
            {
                Assert.NotNull(rig.PeerReceives());
            }
        }
        Assert.Equal(70_000, arrived);
        Assert.Equal(0UL, rig.Drops(DropReason.PortFull));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(1024)]
    [InlineData(32_768)]
    public void A_ring_may_have_any_size_that_is_a_power_of_two(int size)
    {
        DriverOptions options = new() { RingSize = size, Buffers = size, BufferSize = 256, Memory = [(0, 64 << 20)] };
        using VhostRig rig = new(options);
        for (int i = 0; i < 200; i++)
        {
            PassBothWays(rig, i);
        }
    }

    [Fact]
    public void A_full_transmit_ring_is_worked_off_in_bursts()
    {
        using VhostRig rig = new(new DriverOptions { RingSize = 1024 });
        int sent = 0;
        while (rig.Driver.Transmit[0].Publish(EndpointContract.Frame(sent, 100)))
        {
            sent++;
        }
        Assert.Equal(1024, sent);
        rig.Driver.Rings[1].KickIfWanted();
        rig.Turns(40);
        Assert.Equal(Enumerable.Range(0, 1024), rig.Forwarder.Frames.Select(EndpointContract.NumberOf));
        Assert.Equal(1024, rig.Driver.Transmit[0].Reclaim());
    }

    [Fact]
    public void Buffers_come_back_in_order_where_that_was_agreed_on()
    {
        using VhostRig rig = new(new DriverOptions { Features = DeviceFeatures.Usual | DeviceFeatures.InOrder });
        Assert.True((rig.Driver.Features & DeviceFeatures.InOrder) != 0, "the device does not offer it");
        ChainLayout[] layouts = Enum.GetValues<ChainLayout>();
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                Assert.True(rig.Driver.Transmit[0].Publish(EndpointContract.Frame(i, 40 + i * 90), default, layouts[(round + i) % layouts.Length]));
            }
            rig.Driver.Rings[1].KickIfWanted();
            rig.Turns(2);
            Assert.Equal(10, rig.Driver.Transmit[0].Reclaim());
            rig.Main.Deliver(EndpointContract.Frame(round, 100 + round * 100));
            Assert.Equal(round, EndpointContract.NumberOf(rig.PeerReceives()!));
        }
        Assert.Equal(500, rig.Forwarder.Frames.Count);
    }

    [Fact]
    public void Eight_pairs_carry_frames_and_none_is_lost()
    {
        using VhostRig rig = new(new DriverOptions { QueuePairs = 8, RingSize = 64, Buffers = 64 });
        for (int round = 0; round < 20; round++)
        {
            for (int pair = 0; pair < 8; pair++)
            {
                for (int i = 0; i < 10; i++)
                {
                    Assert.True(rig.Driver.Transmit[pair].Send(EndpointContract.Frame(round * 80 + pair * 10 + i, 90)));
                }
            }
            rig.Turns(5);
        }
        Assert.Equal(Enumerable.Range(0, 1600), rig.Forwarder.Frames.Select(EndpointContract.NumberOf).Order());
        Assert.All(rig.Driver.Transmit, queue => Assert.True(queue.Reclaim() + queue.Ring.NextUsed == 200 || queue.Ring.NextUsed == 200));

        foreach (byte[] frame in Enumerable.Range(0, 64).Select(flow => TcpOfFlow(flow)))
        {
            rig.Main.Deliver(frame);
        }
        int[] got = [.. Enumerable.Range(0, 8).Select(pair => Drain(rig.Driver, pair))];
        Assert.Equal(64, got.Sum());
        Assert.True(got.Count(frames => frames > 0) >= 4, $"64 flows over 8 rings: {string.Join(' ', got)}");
    }

    /// <summary>Which ring is polled first is a number that only grows; a busy port reaches its end within hours.</summary>
    [Fact]
    public void Rings_are_polled_in_turn_for_ever()
    {
        using VhostRig rig = new(new DriverOptions { QueuePairs = 8, RingSize = 64, Buffers = 8 });
        FieldInfo turn = typeof(VhostUserEndpoint).GetField("_firstRing", BindingFlags.NonPublic | BindingFlags.Instance)!;
        object last = turn.FieldType.GetField("MaxValue")!.GetValue(null)!;
        turn.SetValue(rig.Main.Vhost, last);
        for (int i = 0; i < 40; i++)
        {
            Assert.True(rig.Driver.Transmit[i % 8].Send(EndpointContract.Frame(i, 90)));
            rig.Turns(2);
            Assert.Equal(i + 1, rig.Forwarder.Frames.Count);
        }
    }

    [Fact]
    public void A_flow_stays_on_one_ring()
    {
        using VhostRig rig = new(new DriverOptions { QueuePairs = 4, RingSize = 64, Buffers = 64 });
        for (int i = 0; i < 30; i++)
        {
            rig.Main.Deliver(TcpOfFlow(5));
        }
        Assert.Equal([0, 0, 0, 30], Enumerable.Range(0, 4).Select(pair => Drain(rig.Driver, pair)).Order());
    }

    private static int Drain(VhostDriver driver, int pair)
    {
        int count = 0;
        while (driver.TakeFrame(pair) is not null)
        {
            count++;
        }
        return count;
    }

    private static byte[] TcpOfFlow(int flow)
    {
        byte[] frame = Engine.TcpFrame.Make(10);
        frame[34] = (byte)(0x90 + flow / 256);
        frame[35] = (byte)(flow * 7);
        return frame;
    }

    private static void PassBothWays(VhostRig rig, int number)
    {
        byte[] frame = EndpointContract.Frame(number, 60 + number % 100);
        Assert.True(rig.PeerSends(frame));
        rig.Turn();
        Assert.Equal(frame, Assert.Single(rig.Forwarder.Frames));
        rig.Forwarder.Frames.Clear();
        rig.Main.Deliver(frame);
        Assert.Equal(frame, rig.PeerReceives());
    }
}
