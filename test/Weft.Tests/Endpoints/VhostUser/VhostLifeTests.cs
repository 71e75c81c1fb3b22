using System.Buffers.Binary;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>What happens to a card in its life: rings stop and go on, drivers come and go, memory is plugged in, front ends die.</summary>
public sealed class VhostLifeTests
{
    [Fact]
    public void A_stopped_ring_goes_on_where_it_stood()
    {
        using VhostRig rig = new();
        for (int i = 0; i < 10; i++)
        {
            rig.Main.AssertCarriesFrames();
        }
        DriverRing transmit = rig.Driver.Rings[1];
        DriverRing receive = rig.Driver.Rings[0];
        Assert.Equal(transmit.NextAvailable, rig.Driver.StopRing(transmit));
        Assert.Equal(receive.UsedIndex, rig.Driver.StopRing(receive));
        rig.Turn();
        Assert.False(rig.Port.IsUp);

        rig.Forwarder.Frames.Clear();
        for (int i = 0; i < 5; i++)
        {
            rig.Driver.Transmit[0].Publish(EndpointContract.Frame(i, 100));
            transmit.Kick.Signal();
        }
        rig.Turns(5);
        Assert.Empty(rig.Forwarder.Frames);
        rig.Driver.StartRing(receive);
        rig.Driver.StartRing(transmit);
        rig.Turns(3);
        Assert.Equal(Enumerable.Range(0, 5), rig.Forwarder.Frames.Select(EndpointContract.NumberOf));
        rig.Main.AssertCarriesFrames();
    }

    /// <summary>DPDK's virtio-user over split rings, as the server that a back end comes to again: it says 0 and means where it was.</summary>
    [Fact]
    public void A_position_behind_what_was_given_back_is_taken_for_that()
    {
        using VhostRig rig = new();
        for (int i = 0; i < 10; i++)
        {
            rig.Main.AssertCarriesFrames();
        }
        foreach (DriverRing ring in rig.Driver.Rings)
        {
            rig.Driver.StopRing(ring);
            rig.Driver.Tell(VhostRequest.SetRingBase, VhostDriver.RingState(ring.Index, 0));
            rig.Driver.SetCall(ring);
            rig.Driver.SetKick(ring);
        }
        rig.Turn();
        rig.Main.AssertCarriesFrames();
        Assert.Equal(0UL, rig.Drops(DropReason.BadRing));
    }

    [Fact]
    public void A_disabled_ring_does_nothing_until_it_is_enabled_again()
    {
        using VhostRig rig = new();
        rig.Driver.Enable(rig.Driver.Rings[1], on: false);
        rig.PeerSends(EndpointContract.Frame(1, 100));
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(3);
        Assert.Empty(rig.Forwarder.Frames);
        rig.Driver.Enable(rig.Driver.Rings[1], on: true);
        rig.Turns(3);
        Assert.Single(rig.Forwarder.Frames);
        rig.Main.AssertCarriesFrames();
    }

    [Theory]
    [InlineData(VhostRequest.GetRingBase)]
    [InlineData(VhostRequest.ResetDevice)]
    [InlineData(VhostRequest.SetStatus)]
    [InlineData(VhostRequest.ResetOwner)]
    public void A_driver_may_go_and_come_again_over_the_same_connection(VhostRequest by)
    {
        using VhostRig rig = new();
        for (int round = 0; round < 20; round++)
        {
            rig.Main.AssertCarriesFrames();
            switch (by)
            {
                case VhostRequest.GetRingBase:
                    break;
                case VhostRequest.SetStatus:
                    rig.Driver.SetStatus(0);
                    break;
                default:
                    rig.Driver.Tell(by, []);
                    break;
            }
            if (by is VhostRequest.GetRingBase or VhostRequest.SetStatus)
            {
                // QEMU 7.2 asks after the reset, and hands the answer on to where its guest moves.
                Assert.All(rig.Driver.Rings, ring => Assert.Equal(ring.UsedIndex, rig.Driver.StopRing(ring)));
            }
            rig.Turn();
            Assert.False(rig.Port.IsUp);
            rig.Driver.ResetRings();
            rig.Driver.SetFeatures(rig.Driver.Features);
            rig.Driver.ShareMemory();
            rig.Driver.StartRings();
            rig.Turn();
            Assert.True(rig.Port.IsUp);
        }
        rig.Main.AssertCarriesFrames();
    }

    [Fact]
    public void Carrier_follows_the_rings_and_the_connection()
    {
        using VhostRig rig = new(plugged: false);
        Assert.False(rig.Port.IsUp);
        VhostDriver driver = rig.Main.Dial();
        driver.Negotiate();
        driver.ShareMemory();
        rig.Turn();
        Assert.False(rig.Port.IsUp);
        driver.MakeRings();
        driver.StartRings();
        rig.Turn();
        Assert.True(rig.Port.IsUp);
        rig.Main.Unplug();
        rig.Main.Plug();
        Assert.Equal([true, false, true], rig.Forwarder.Carrier.TakeLast(3));
    }

    [Fact]
    public void Memory_may_be_plugged_in_and_out_while_frames_go()
    {
        using VhostRig rig = new(new DriverOptions { UsesMemorySlots = true });
        for (int round = 0; round < 30; round++)
        {
            GuestRegion more = rig.Driver.Memory.Add(0x1_0000_0000 + ((ulong)round << 24), 1 << 20);
            rig.Driver.AddRegion(more);
            Assert.True(more.Heap.TryTake(4096, 16, out ulong address));
            byte[] frame = EndpointContract.Frame(round, 500);
            rig.Driver.Transmit[0].Reclaim();
            rig.Driver.Memory.Write(address, [.. default(NetHeader).ToBytes(), .. frame]);
            rig.Driver.Rings[1].Add([new RingPiece(address, 512, IsWritable: false)]);
            rig.Driver.Rings[1].Publish();
            rig.Driver.Rings[1].KickIfWanted();
            rig.Turns(2);
            Assert.Equal(frame, rig.Forwarder.Frames[^1]);
            Assert.True(rig.Driver.Rings[1].TryTake(out _));
            Assert.Equal(2, more.Mappings());
            rig.Driver.RemoveRegion(more);
            Assert.Equal(1, more.Mappings());
            rig.Driver.Memory.Remove(more);
            rig.Main.AssertCarriesFrames();
        }
    }

    /// <summary>QEMU 7.2 says of its memory what it says of rings: once for each pair of the card, on one connection. The guest's
    /// driver uses one pair here.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Memory_may_be_told_once_for_each_queue_pair(int pairs)
    {
        using VhostRig rig = new(new DriverOptions { UsesMemorySlots = true, Memory = [(0x4000_0000, 16 << 20), (0x8000_0000, 1 << 20)] });
        rig.Main.AssertCarriesFrames();
        for (int pair = 1; pair < pairs; pair++)
        {
            foreach (GuestRegion region in rig.Driver.Memory.Regions)
            {
                rig.Driver.AddRegion(region);
                Assert.Equal(2, region.Mappings());
            }
        }
        rig.Main.AssertCarriesFrames();

        GuestRegion second = rig.Driver.Memory.Regions[1];
        for (int pair = 0; pair < pairs; pair++)
        {
            rig.Driver.RemoveRegion(second);
            Assert.Equal(1, second.Mappings());
        }
        rig.Main.AssertCarriesFrames();
        rig.Driver.AddRegion(second);
        Assert.Equal(2, second.Mappings());
        rig.Main.AssertCarriesFrames();
    }

    [Fact]
    public void A_new_connection_takes_the_place_of_the_old_one()
    {
        using VhostRig rig = new();
        using VhostDriver old = rig.Driver;
        rig.Main.Plug();
        Assert.True(old.Channel.IsClosed());
        rig.Main.AssertCarriesFrames();
    }

    [Fact]
    public void A_front_end_may_be_the_one_that_listens()
    {
        string folder = Directory.CreateTempSubdirectory("weft-dial").FullName;
        string path = Path.Combine(folder, "qemu.sock");
        using (VhostRig rig = new(plugged: false))
        {
            rig.Main.DialTo(path);
            rig.Turns(3);
            int listener = UnixSockets.Listen(path, SocketConstants.TypeStream);
            for (int life = 0; life < 3; life++)
            {
                using VhostDriver driver = new(VhostChannel.Accept(listener, rig.Main.PatientTurn));
                driver.Start();
                rig.Main.Use(driver);
                rig.Main.AssertCarriesFrames();
                driver.Channel.Close();
                Eventually.True(() =>
                {
                    rig.Turn();
                    return !rig.Port.IsUp;
                });
            }
            FileCalls.Close(listener);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_card_says_what_it_is()
    {
        using VhostRig rig = new();
        byte[] ask = new byte[12 + 12];
        BinaryPrimitives.WriteUInt32LittleEndian(ask.AsSpan(4), 12);
        VhostReply reply = rig.Driver.AskWhole(VhostRequest.GetConfig, ask);
        Assert.Equal(ask.Length, reply.Payload.Length);
        Assert.Equal([0x52, 0x54, 0, 0, 0, 1], reply.Payload[12..18]);
        Assert.Equal(8, reply.Payload[20]);
    }

    [Fact]
    public void A_guest_that_has_moved_is_announced()
    {
        using VhostRig rig = new();
        rig.Driver.Tell(VhostRequest.SendRarp, [0x52, 0x54, 0, 0, 0, 9, 0, 0]);
        rig.Turns(3);
        byte[] frame = Assert.Single(rig.Forwarder.Frames);
        Assert.Equal([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0, 0, 9, 0x80, 0x35], frame[..14]);
    }

    [Fact]
    public void A_message_may_come_in_any_pieces()
    {
        foreach (int chunk in new[] { 1, 5, 11, 12, 13, 30 })
        {
            using VhostRig rig = new();
            byte[] message = VhostChannel.Message((uint)VhostRequest.SetMemoryTable, VhostChannel.Version | VhostChannel.NeedReplyFlag, rig.Driver.Memory.Describe());
            Assert.True(rig.Driver.Channel.SendRaw(message, rig.Driver.Memory.Descriptors(), chunk));
            Assert.Equal(0UL, rig.Driver.Channel.Receive()!.Number);
            rig.Main.AssertCarriesFrames();
        }
    }

    [Fact]
    public void Messages_may_come_many_at_once()
    {
        using VhostRig rig = new();
        List<byte> many = [];
        for (int i = 0; i < 300; i++)
        {
            many.AddRange(VhostChannel.Message((uint)(i % 3 == 0 ? VhostRequest.GetQueueCount : VhostRequest.GetFeatures), VhostChannel.Version, []));
        }
        Assert.True(rig.Driver.Channel.SendRaw(many.ToArray()));
        for (int i = 0; i < 300; i++)
        {
            VhostReply reply = rig.Driver.Channel.Receive()!;
            Assert.Equal(i % 3 == 0 ? 8UL : (ulong)rig.Driver.Offered, reply.Number);
        }
        rig.Main.AssertCarriesFrames();
    }
}
