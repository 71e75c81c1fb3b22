namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Who wakes whom, and how seldom: a call for a burst, none when none is wanted, and never one too few.</summary>
public sealed class VhostNoticeTests
{
    public static TheoryData<DeviceFeatures> BothWays => new() { DeviceFeatures.Usual, DeviceFeatures.Usual & ~DeviceFeatures.EventIndex };

    [Theory]
    [MemberData(nameof(BothWays))]
    public void A_burst_into_the_guest_is_one_call(DeviceFeatures features)
    {
        using VhostRig rig = Begun(features);
        DriverRing ring = rig.Driver.Rings[0];
        for (int round = 0; round < 10; round++)
        {
            ring.WantCalls();
            rig.Deliver([.. Enumerable.Range(0, 40).Select(i => EndpointContract.Frame(i, 100))]);
            Assert.Equal(1UL, ring.Call.Take());
            Drain(rig, 40);
        }
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public void A_guest_that_wants_no_calls_gets_none(DeviceFeatures features)
    {
        using VhostRig rig = Begun(features);
        DriverRing receive = rig.Driver.Rings[0];
        DriverRing transmit = rig.Driver.Rings[1];
        for (int round = 0; round < 10; round++)
        {
            receive.WantNoCalls();
            transmit.WantNoCalls();
            rig.Deliver(EndpointContract.Frame(round, 100), EndpointContract.Frame(round, 100));
            Assert.True(rig.PeerSends(EndpointContract.Frame(round, 100)));
            rig.Turns(2);
            Assert.Equal(0UL, receive.Call.Take() + transmit.Call.Take());
            Drain(rig, 2);
            Assert.Equal(1, rig.Driver.Transmit[0].Reclaim());
        }
    }

    [Fact]
    public void A_call_comes_when_used_event_is_passed_and_not_before()
    {
        using VhostRig rig = Begun(DeviceFeatures.Usual);
        DriverRing ring = rig.Driver.Rings[0];
        for (int after = 1; after < 20; after++)
        {
            ring.WantCalls(after);
            for (int i = 1; i <= after + 5; i++)
            {
                rig.Deliver(EndpointContract.Frame(i, 100));
                Assert.Equal(i == after ? 1UL : 0UL, ring.Call.Take());
            }
            Drain(rig, after + 5);
        }
    }

    [Fact]
    public void Used_event_is_void_without_its_feature_and_the_flag_is_void_with_it()
    {
        using VhostRig old = Begun(DeviceFeatures.Usual & ~DeviceFeatures.EventIndex);
        old.Driver.Rings[0].AvailableFlags = 0;
        old.Driver.Rings[0].UsedEvent = (ushort)(old.Driver.Rings[0].NextUsed - 1);
        old.Deliver(EndpointContract.Frame(1, 100));
        Assert.Equal(1UL, old.Driver.Rings[0].Call.Take());

        using VhostRig modern = Begun(DeviceFeatures.Usual);
        modern.Driver.Rings[0].WantCalls();
        modern.Driver.Rings[0].AvailableFlags = 1;
        modern.Deliver(EndpointContract.Frame(1, 100));
        Assert.Equal(1UL, modern.Driver.Rings[0].Call.Take());
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public void A_device_that_has_come_to_rest_wants_to_be_kicked(DeviceFeatures features)
    {
        using VhostRig rig = Begun(features);
        for (int i = 0; i < 20; i++)
        {
            rig.Rest();
            Assert.True(rig.Driver.Transmit[0].Publish(EndpointContract.Frame(i, 100)));
            Assert.True(rig.Driver.Rings[1].IsKickWanted, $"frame {i}");
            rig.Driver.Rings[1].KickIfWanted();
            rig.Turns(2);
            Assert.Equal(i + 1, rig.Forwarder.Frames.Count);
        }
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public void A_flood_of_kicks_is_harmless(DeviceFeatures features)
    {
        using VhostRig rig = Begun(features);
        rig.Neighbour.AssertCarriesFrames();
        for (int i = 0; i < 20_000; i++)
        {
            rig.Driver.Rings[i % 2].Kick.Signal();
            if (i % 7 == 0)
            {
                rig.Turn();
            }
        }
        rig.Driver.Rings[0].Kick.Signal(ulong.MaxValue / 4);
        rig.Neighbour.AssertCarriesFrames();
        rig.Main.AssertCarriesFrames();
    }

    [Fact]
    public void A_ring_without_a_call_descriptor_is_polled_by_its_driver()
    {
        using VhostRig rig = Begun(DeviceFeatures.Usual);
        DriverRing ring = rig.Driver.Rings[0];
        rig.Driver.ClearCall(ring);
        ring.WantCalls();
        rig.Deliver(EndpointContract.Frame(1, 100));
        Assert.Equal(0UL, ring.Call.Take());
        Drain(rig, 1);
        rig.Driver.SetCall(ring);
        ring.Call.Take();
        ring.WantCalls();
        rig.Deliver(EndpointContract.Frame(2, 100));
        Assert.Equal(1UL, ring.Call.Take());
    }

    /// <summary>The lane sleeps and wakes on its own thread, the driver sends and sleeps on this one; each tells the other only
    /// when it asked. One lost wake-up and this stands still.</summary>
    [Theory]
    [MemberData(nameof(BothWays))]
    public void No_wake_up_is_lost_between_two_threads(DeviceFeatures features)
    {
        using VhostRig rig = Begun(features);
        rig.Forwarder.Records = false;
        rig.Forwarder.DuringTurn = burst => rig.Port.Deliver(burst.Frames);
        Thread lane = new(rig.Lane.Run);
        lane.Start();
        try
        {
            Random random = new(7);
            DriverRing receive = rig.Driver.Rings[0];
            for (int sent = 0, got = 0; got < 30_000;)
            {
                for (int burst = random.Next(1, 30); burst > 0 && sent - got < 100; burst--, sent++)
                {
                    Assert.True(rig.Driver.Transmit[0].Send(EndpointContract.Frame(sent, 64)));
                }
                receive.WantCalls();
                if (rig.Driver.TakeFrame() is not { } frame)
                {
                    receive.Call.Wait("a call for frames on their way");
                    continue;
                }
                for (; frame is not null; frame = rig.Driver.TakeFrame())
                {
                    Assert.Equal(got++, EndpointContract.NumberOf(frame.Bytes));
                }
                Thread.SpinWait(random.Next(0, 3000));
            }
        }
        finally
        {
            rig.Lane.Stop();
            lane.Join();
        }
    }

    /// <summary>Calls for sent frames may come late; a driver that sleeps until one comes must not sleep for ever because its
    /// ring was stopped or its memory moved meanwhile.</summary>
    [Theory]
    [InlineData(VhostRequest.GetRingBase)]
    [InlineData(VhostRequest.SetRingEnable)]
    [InlineData(VhostRequest.SetMemoryTable)]
    [InlineData(VhostRequest.SetRingAddress)]
    public void A_call_that_is_owed_comes_whatever_happens_to_the_ring(VhostRequest request)
    {
        using VhostRig rig = Begun(DeviceFeatures.Usual);
        DriverRing ring = rig.Driver.Rings[1];
        byte[] payload = request switch
        {
            VhostRequest.SetMemoryTable => rig.Driver.Memory.Describe(),
            VhostRequest.SetRingAddress => VhostDriver.RingAddresses(1, 0, rig.Driver.Memory.UserAddressOf(ring.Table),
                rig.Driver.Memory.UserAddressOf(ring.Used), rig.Driver.Memory.UserAddressOf(ring.Available), 0),
            _ => VhostDriver.RingState(1, 0),
        };
        ring.WantCalls();
        Assert.True(rig.PeerSends(EndpointContract.Frame(1, 100)));
        rig.Turn();
        rig.Driver.Channel.Send(request, payload, request == VhostRequest.SetMemoryTable ? rig.Driver.Memory.Descriptors() : []);
        rig.Turn();
        rig.Rest();
        Assert.Single(rig.Forwarder.Frames);
        Assert.True(ring.Call.Take() > 0, "the call was forgotten");
    }

    /// <summary>A guest that sends only: its ring is full, it asks to be called when three quarters are done (as Linux does), and sleeps.</summary>
    [Theory]
    [MemberData(nameof(BothWays))]
    public void A_sender_that_sleeps_until_its_ring_has_room_is_called(DeviceFeatures features)
    {
        using VhostRig rig = Begun(features);
        rig.Forwarder.Records = false;
        int arrived = 0;
        rig.Forwarder.DuringTurn = burst => Volatile.Write(ref arrived, arrived + burst.Count);
        Thread lane = new(rig.Lane.Run);
        lane.Start();
        try
        {
            DriverRing ring = rig.Driver.Rings[1];
            byte[] frame = EndpointContract.Frame(1, 64);
            int sent = 0;
            while (sent < 100_000)
            {
                ring.WantNoCalls();
                while (rig.Driver.Transmit[0].Publish(frame))
                {
                    sent++;
                }
                ring.KickIfWanted();
                int outstanding = ring.BuffersOnTheirWay;
                ring.WantCalls(1 + outstanding * 3 / 4);
                if ((ushort)(ring.UsedIndex - ring.NextUsed) <= outstanding * 3 / 4)
                {
                    ring.Call.Wait("a call for sent frames");
                }
            }
        }
        finally
        {
            rig.Lane.Stop();
            lane.Join();
        }
    }

    [Fact]
    public void A_lane_that_looks_at_rings_hears_that_it_is_to_stop()
    {
        Random random = new(4);
        for (int i = 0; i < 150; i++)
        {
            using VhostRig rig = new(new DriverOptions { Memory = [(0, 1 << 20)], Buffers = 16 });
            rig.Forwarder.Records = false;
            Thread lane = new(rig.Lane.Run) { IsBackground = true };
            lane.Start();
            rig.Driver.Transmit[0].Send(EndpointContract.Frame(i, 64));
            Thread.SpinWait(random.Next(30_000));
            rig.Lane.Stop();
            Assert.True(lane.Join(5000), $"lane {i} did not stop");
        }
    }

    private static VhostRig Begun(DeviceFeatures features)
    {
        VhostRig rig = new(new DriverOptions { Features = features });
        rig.Main.AssertCarriesFrames();
        rig.Forwarder.Frames.Clear();
        rig.Rest();
        rig.Driver.Transmit[0].Reclaim();
        rig.Driver.Rings[0].Call.Take();
        rig.Driver.Rings[1].Call.Take();
        return rig;
    }

    private static void Drain(VhostRig rig, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            Assert.NotNull(rig.PeerReceives());
        }
    }
}
