using Weft.Engine;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Lies about rings as a whole: their indices, their places, their memory.</summary>
public sealed class HostileRingTests : HostileGuest
{
    private const ulong Start = 0x4000_0000;
    private const ulong End = Start + (2 << 20);

    private static readonly DropReason[] s_ring = [DropReason.BadRing];

    public static TheoryData<int> Jumps => [65, 66, 1000, 0x7fff, 0x8000, -1, -2, -64];

    [Theory]
    [MemberData(nameof(Jumps))]
    public void An_available_index_that_no_ring_can_have_resets_the_port(int jump)
    {
        LiesOut(driver => driver.Rings[1].AvailableIndex += (ushort)jump, s_ring);
        LiesIn(driver => driver.Rings[0].AvailableIndex += (ushort)jump, s_ring);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(0x8000)]
    [InlineData(0xffff)]
    public void A_head_beyond_the_table_resets_the_port(int head)
    {
        LiesOut(driver => driver.Rings[1].Offer((ushort)head), s_ring);
        LiesIn(driver => driver.Rings[0].Offer((ushort)head), s_ring);
    }

    [Fact]
    public void A_port_that_was_reset_has_no_carrier_and_no_front_end()
    {
        using VhostRig rig = Begun(Honest);
        rig.Driver.Rings[1].AvailableIndex += 1000;
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(3);
        Assert.False(rig.Port.IsUp);
        Assert.True(rig.Driver.Channel.IsClosed());
        Assert.Equal(1UL, rig.Drops(DropReason.BadRing));
        Assert.All(rig.Driver.Memory.Regions, region => Assert.Equal(1, region.Mappings()));
        rig.Deliver(EndpointContract.Frame(1, 100));
        Assert.Equal(1UL, rig.Drops(DropReason.NoCarrier));
        Recovers(rig);
    }

    [Fact]
    public unsafe void Each_frame_for_a_ring_that_lies_is_counted_once()
    {
        using VhostRig rig = Begun(Honest);
        rig.Driver.Rings[0].AvailableIndex += 1000;
        rig.Deliver([.. Enumerable.Range(0, 10).Select(i => EndpointContract.Frame(i, 100))]);
        Assert.Equal(10UL, rig.Drops(DropReason.BadRing));
        Assert.InRange(rig.Port.Counters->BuffersFree, 0UL, 65_536UL);
        rig.Turns(3);
        Assert.False(rig.Port.IsUp);
        Recovers(rig);
    }

    [Fact]
    public void So_is_a_frame_that_meets_the_lie_in_its_second_buffer()
    {
        using VhostRig rig = Begun(Bufferless);
        rig.Driver.Receive[0].Post(1, 200);
        rig.Driver.Rings[0].Offer(9999);
        rig.Deliver(EndpointContract.Frame(1, 500));
        Assert.Equal(1UL, rig.Drops(DropReason.BadRing));
        rig.Turns(3);
        Assert.False(rig.Port.IsUp);
        Recovers(rig);
    }

    [Fact]
    public void Honest_frames_in_front_of_the_lie_of_a_burst_harm_nobody()
    {
        using VhostRig rig = Begun(Honest);
        for (int i = 0; i < 20; i++)
        {
            rig.Driver.Transmit[0].Publish(EndpointContract.Frame(i, 100));
        }
        rig.Driver.Rings[1].Offer(9999);
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(3);
        Assert.InRange(rig.Forwarder.Frames.Count, 0, 20);
        Assert.InRange(rig.Drops(DropReason.BadRing), 1UL, 2UL);
        Recovers(rig);
    }

    [Fact]
    public void One_head_offered_many_times_is_that_many_frames()
    {
        using VhostRig rig = Begun(Honest);
        ulong address = FrameIn(rig.Driver);
        rig.Driver.Rings[1].WriteDescriptor(5, new RingDescriptor(address, 212, 0, 0));
        for (int i = 0; i < 64; i++)
        {
            rig.Driver.Rings[1].Offer(5);
        }
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(5);
        Assert.Equal(64, rig.Forwarder.Frames.Count);
        Assert.Equal((ushort)64, rig.Driver.Rings[1].UsedIndex);
        Recovers(rig, goesOn: false);
    }

    public static TheoryData<int, ulong> Places
    {
        get
        {
            TheoryData<int, ulong> data = [];
            for (int which = 0; which < 3; which++)
            {
                foreach (ulong place in new ulong[] { 0, Start, End, End - 16, End - 1, ulong.MaxValue, ulong.MaxValue - 0x1000, 0xdead_0000_0000, 1, 2, 4, 8 })
                {
                    data.Add(which, place);
                }
            }
            return data;
        }
    }

    /// <summary>Table, used or available ring at a place that is unmapped, half mapped, or not aligned (small numbers: added to where it is).</summary>
    [Theory]
    [MemberData(nameof(Places))]
    public void A_ring_that_does_not_lie_in_memory_does_not_run(int which, ulong place)
    {
        using VhostRig rig = new(Honest, plugged: false);
        rig.Neighbour.AssertCarriesFrames();
        VhostDriver driver = rig.Main.Dial(Honest);
        driver.Negotiate();
        driver.ShareMemory();
        driver.MakeRings();
        ulong?[] answers = [.. driver.Rings.Select(ring => StartAt(driver, ring, which, place))];
        driver.Rings[1].WriteDescriptor(0, new RingDescriptor(FrameIn(driver), 212, 0, 0));
        for (int i = 0; i < 10; i++)
        {
            driver.Rings[1].Offer(0);
            driver.Rings[0].AvailableIndex += 5;
            driver.Rings[0].Kick.Signal();
            driver.Rings[1].Kick.Signal();
            rig.Turns(2);
            rig.Main.Deliver(EndpointContract.Frame(i, 100));
        }
        bool isAligned = place is 0 or 1 or 2 or 4 or 8 && place % (which switch { 0 => 16UL, 1 => 4UL, _ => 2UL }) == 0;
        Assert.True(isAligned || !rig.Port.IsUp || answers.Any(answer => answer is not 0), "the ring runs");
        Recovers(rig, goesOn: false);
    }

    [Fact]
    public void Rings_may_lie_on_top_of_each_other_at_their_guests_own_risk()
    {
        using VhostRig rig = new(Honest, plugged: false);
        rig.Neighbour.AssertCarriesFrames();
        foreach ((int table, int used, int available) in new[] { (0, 0, 0), (0, 8, 4), (64, 0, 0), (0, 4, 0) })
        {
            VhostDriver driver = rig.Main.Dial(Honest);
            driver.Negotiate();
            driver.ShareMemory();
            driver.MakeRings();
            ulong place = driver.Memory.UserAddressOf(driver.Memory.Take(4096, 64));
            foreach (DriverRing ring in driver.Rings)
            {
                driver.Tell(VhostRequest.SetRingSize, VhostDriver.RingState(ring.Index, 64));
                driver.TryTell(VhostRequest.SetRingAddress,
                    VhostDriver.RingAddresses(ring.Index, 0, place + (ulong)table, place + (ulong)used, place + (ulong)available, 0));
                driver.SetKick(ring);
                driver.TryTell(VhostRequest.SetRingEnable, VhostDriver.RingState(ring.Index, 1));
            }
            Random random = new(1);
            for (int i = 0; i < 300; i++)
            {
                random.NextBytes(driver.Memory.Span(Start, 8192));
                driver.Rings[1].Kick.Signal();
                rig.Turn();
                rig.Main.Deliver(EndpointContract.Frame(i, 100));
            }
            driver.Memory.AssertGuards();
            rig.Main.Unplug();
        }
        rig.Neighbour.AssertCarriesFrames();
        rig.Main.Plug(Honest);
        rig.Main.AssertCarriesFrames();
    }

    [Fact]
    public void A_used_index_that_its_guest_changes_is_not_believed()
    {
        using VhostRig rig = Begun(Honest);
        Random random = new(3);
        rig.Driver.Rings[1].WriteDescriptor(5, new RingDescriptor(FrameIn(rig.Driver), 212, 0, 0));
        for (int i = 0; i < 500 && rig.Port.IsUp; i++)
        {
            rig.Driver.Rings[1].Offer(5);
            random.NextBytes(rig.Driver.Memory.Span(rig.Driver.Rings[i % 2].Used, (int)rig.Driver.Rings[0].UsedBytes));
            rig.Driver.Rings[1].Kick.Signal();
            rig.Turn();
            rig.Main.Deliver(EndpointContract.Frame(i, 100));
        }
        Recovers(rig, goesOn: false);
    }

    private static ulong? StartAt(VhostDriver driver, DriverRing ring, int which, ulong place)
    {
        ulong[] places = [driver.Memory.UserAddressOf(ring.Table), driver.Memory.UserAddressOf(ring.Used), driver.Memory.UserAddressOf(ring.Available)];
        // Large ones are told as they are; those of the guest's memory by the front end's name, and by the guest's own.
        places[which] = place switch { < 16 => places[which] + place, Start => Start, End or End - 16 or End - 1 => place + 0x5a00_0000_0000, _ => place };
        driver.Tell(VhostRequest.SetRingSize, VhostDriver.RingState(ring.Index, 64));
        ulong? answer = driver.TryTell(VhostRequest.SetRingAddress, VhostDriver.RingAddresses(ring.Index, 0, places[0], places[1], places[2], 0));
        driver.TryTell(VhostRequest.SetRingKick, VhostDriver.Bytes((ulong)ring.Index), ring.Kick.Descriptor);
        driver.TryTell(VhostRequest.SetRingEnable, VhostDriver.RingState(ring.Index, 1));
        return answer;
    }
}
