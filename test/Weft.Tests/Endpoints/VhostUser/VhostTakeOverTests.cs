using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Memory;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A worker dies and another goes on with what was kept; its guests notice nothing.</summary>
public sealed class VhostTakeOverTests
{
    public static TheoryData<DeviceFeatures, bool> Guests => new()
    {
        { DeviceFeatures.Usual, false },
        { DeviceFeatures.Usual, true },
        { DeviceFeatures.Usual & ~DeviceFeatures.EventIndex, false },
        { DeviceFeatures.Usual | DeviceFeatures.InOrder, false },
    };

    [Theory]
    [MemberData(nameof(Guests))]
    public void A_guest_goes_on_over_many_lives(DeviceFeatures features, bool slots)
    {
        using VhostRig rig = new(new DriverOptions { Features = features, UsesMemorySlots = slots, QueuePairs = 2, FirstIndex = 65_500, Memory = [(0, 1 << 20), (0x4000_0000, 8 << 20)] });
        for (int life = 0; life < 50; life++)
        {
            rig.Main.AssertCarriesFrames();
            rig.TakeOver();
            rig.Turn();
            Assert.True(rig.Port.IsUp);
        }
        rig.Main.AssertCarriesFrames();
        rig.Driver.Memory.AssertGuards();
        rig.Main.Replug();
        rig.Main.AssertCarriesFrames();
    }

    [Fact]
    public void Frames_on_loan_at_the_end_of_a_life_are_sent_again_and_none_is_lost()
    {
        using VhostRig rig = new();
        for (int life = 0; life < 20; life++)
        {
            rig.Forwarder.Frames.Clear();
            rig.Forwarder.DuringTurn = _ => throw new OperationCanceledException("the end of this life");
            for (int i = 0; i < 100; i++)
            {
                Assert.True(rig.Driver.Transmit[0].Publish(EndpointContract.Frame(i, 80 + i)));
            }
            rig.Driver.Rings[1].KickIfWanted();
            Assert.Throws<OperationCanceledException>(() => rig.Turns(3));
            rig.Forwarder.DuringTurn = null;
            rig.TakeOver();
            rig.Turns(4);
            Assert.Equal(Enumerable.Range(0, 100), rig.Forwarder.Frames.Select(EndpointContract.NumberOf));
            Assert.Equal(100, rig.Driver.Transmit[0].Reclaim());
        }
    }

    /// <summary>A call for sent frames waits for a moment: a worker that dies in it owes the call for ever.</summary>
    [Fact]
    public void A_call_that_the_predecessor_owed_is_made()
    {
        using VhostRig rig = new();
        DriverRing ring = rig.Driver.Rings[1];
        rig.Main.AssertCarriesFrames();
        ring.WantCalls();
        ring.Call.Take();
        Assert.True(rig.PeerSends(EndpointContract.Frame(1, 100)));
        rig.Turn();
        rig.TakeOver();
        rig.Turn();
        Assert.True(ring.Call.Take() > 0);
    }

    [Fact]
    public void A_dirty_log_goes_on_in_the_next_life()
    {
        using VhostRig rig = new();
        using DirtyLog log = rig.Driver.StartLog();
        rig.TakeOver();
        log.Take();
        rig.Deliver(EndpointContract.Frame(1, 3000));
        ReceivedFrame got = rig.Driver.TakeFrame()!;
        Assert.Superset(new SortedSet<ulong>(got.Ranges.SelectMany(range => DirtyLog.PagesOf(range.Address, range.Length))), log.Take());
    }

    [Fact]
    public void A_front_end_that_left_between_two_lives_is_seen_to_have_left()
    {
        using VhostRig rig = new();
        rig.Main.AssertCarriesFrames();
        rig.PeerGoes();
        rig.TakeOver();
        rig.Turns(3);
        Assert.False(rig.Port.IsUp);
        rig.Driver.Dispose();
        rig.Main.Plug();
        rig.Main.AssertCarriesFrames();
        Assert.Equal(0UL, rig.Drops(DropReason.BadRing));
    }

    /// <summary>What a guest does to its rings while nobody looks is not believed by the successor either.</summary>
    [Fact]
    public void A_guest_that_lies_between_two_lives_is_reset()
    {
        foreach (int ring in new[] { 0, 1 })
        {
            using VhostRig rig = new();
            rig.Main.AssertCarriesFrames();
            rig.Driver.Rings[ring].AvailableIndex += 5000;
            rig.TakeOver();
            rig.Driver.Rings[ring].Kick.Signal();
            rig.Turns(2);
            rig.Deliver(EndpointContract.Frame(1, 100));
            rig.Turns(3);
            Assert.False(rig.Port.IsUp);
            Assert.InRange(rig.Drops(DropReason.BadRing), 1UL, 2UL);
            rig.Main.Replug();
            rig.Main.AssertCarriesFrames();
        }
    }

    /// <summary>Touching memory that was cut off kills a worker. The next one must not be killed by the same guest.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_cut_its_memory_off_is_not_let_in_until_the_cable_was_out(bool log)
    {
        const ulong size = 1 << 16;
        using VhostRig rig = new(new DriverOptions { IsMemorySealed = false });
        int file = MemoryCalls.CreateFile("log");
        Assert.Equal(0, MemoryCalls.SetLength(file, size));
        rig.Driver.AskWhole(VhostRequest.SetLogBase, [.. VhostDriver.Bytes(size), .. VhostDriver.Bytes(0)], [file]);
        rig.Main.AssertCarriesFrames();
        GuestRegion region = rig.Driver.Memory.Regions[0];
        Assert.Equal(0, log ? MemoryCalls.SetLength(file, size / 2) : region.Resize(GuestRegion.Guard + region.Size / 2));
        FileCalls.Close(file);
        rig.TakeOver();
        rig.Turns(2);
        Assert.False(rig.Port.IsUp);
        Assert.True(rig.Driver.Channel.IsClosed());
        rig.Driver.Dispose();
        for (int life = 0; life < 3; life++)
        {
            using VhostChannel channel = VhostChannel.Connect(rig.Main.Path, rig.Turn);
            rig.Turns(2);
            Assert.True(channel.IsClosed());
            rig.TakeOver();
        }
        rig.Main.Vhost.ShowLink(up: false);
        rig.Main.Vhost.ShowLink(up: true);
        rig.Main.Plug(new DriverOptions());
        rig.Main.AssertCarriesFrames();
    }
}
