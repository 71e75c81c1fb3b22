using Weft.Engine;
using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A guest that does not keep up hurts itself.</summary>
public sealed class VhostPressureTests
{
    [Fact]
    public void A_guest_without_buffers_does_not_stop_its_neighbour()
    {
        using VhostRig rig = new(new DriverOptions { Buffers = 0 });
        rig.Neighbour.AssertCarriesFrames();
        for (int i = 0; i < 100; i++)
        {
            rig.Deliver(EndpointContract.Frame(i, 200));
        }
        Assert.Equal(100UL, rig.Drops(DropReason.PortFull));
        Assert.Equal(0, rig.Endpoint.Room);
        rig.Neighbour.AssertCarriesFrames();
        Assert.True(rig.PeerSends(EndpointContract.Frame(1, 100)));
        rig.Turns(2);
        Assert.Single(rig.Forwarder.Frames);
    }

    [Theory]
    [InlineData(DeviceFeatures.Usual)]
    [InlineData(DeviceFeatures.Usual & ~DeviceFeatures.EventIndex)]
    [InlineData(DeviceFeatures.Usual & ~DeviceFeatures.Offloads)]
    public void Room_is_what_fits_and_is_told_again_each_time(DeviceFeatures features)
    {
        using VhostRig rig = new(new DriverOptions { Features = features, Buffers = 0 });
        for (int round = 1; round < 40; round++)
        {
            Assert.Equal(0, rig.Endpoint.Room);
            rig.Rest();
            Assert.Equal(round - 1, rig.Forwarder.RoomAgains);
            rig.Driver.Receive[0].Post(round, 2048);
            rig.Driver.Rings[0].KickIfWanted();
            rig.Turns(2);
            Assert.Equal(round, rig.Forwarder.RoomAgains);
            int room = rig.Endpoint.Room;
            Assert.InRange(room, 1, Port.Plenty);
            for (int i = 0; i < round; i++)
            {
                rig.Deliver(EndpointContract.Frame(i, 1500));
            }
            Assert.Equal(0UL, rig.Drops(DropReason.PortFull));
            for (int i = 0; i < round; i++)
            {
                Assert.Equal(i, EndpointContract.NumberOf(rig.Driver.Receive[0].TryReceive()!.Bytes));
            }
        }
    }

    [Fact]
    public void A_sender_that_asks_for_room_loses_nothing()
    {
        using VhostRig rig = new(new DriverOptions { Buffers = 20, BufferSize = 1600, RingSize = 64, Features = DeviceFeatures.Usual & ~DeviceFeatures.Offloads });
        int got = 0;
        for (int sent = 0; sent < 5000;)
        {
            int room = rig.Endpoint.Room;
            for (int i = 0; i < room && sent < 5000; i++)
            {
                rig.Deliver(EndpointContract.Frame(sent++, 1400));
            }
            int before = rig.Forwarder.RoomAgains;
            bool full = rig.Endpoint.Room == 0;
            while (rig.PeerReceives() is { } frame)
            {
                Assert.Equal(got++, EndpointContract.NumberOf(frame));
            }
            if (full)
            {
                Eventually.True(() =>
                {
                    rig.Turn();
                    return rig.Forwarder.RoomAgains > before;
                }, "room again");
            }
        }
        Assert.Equal(5000, got);
        Assert.Equal(0UL, rig.Drops(DropReason.PortFull));
    }

    [Fact]
    public void A_ring_without_buffers_does_not_stop_the_others_of_its_card()
    {
        using VhostRig rig = new(new DriverOptions { QueuePairs = 4, RingSize = 64, Buffers = 64 });
        while (rig.Driver.Receive[2].TryReceive() is not null || rig.Driver.Rings[4].BuffersOnTheirWay > 0)
        {
            for (int flow = 0; flow < 32; flow++)
            {
                byte[] frame = Engine.TcpFrame.Make(100);
                frame[35] = (byte)(flow * 5);
                rig.Main.Deliver(frame);
            }
            Drain(rig.Driver, 0);
            Drain(rig.Driver, 1);
            Drain(rig.Driver, 3);
            while (rig.Driver.Receive[2].TryReceive() is not null)
            {
            }
        }
        ulong before = rig.Drops(DropReason.PortFull);
        int got = 0;
        for (int flow = 0; flow < 64; flow++)
        {
            byte[] frame = Engine.TcpFrame.Make(100);
            frame[35] = (byte)(flow * 3 + 1);
            rig.Main.Deliver(frame);
            got += Drain(rig.Driver, 0) + Drain(rig.Driver, 1) + Drain(rig.Driver, 3);
        }
        Assert.Equal(64UL, (ulong)got + rig.Drops(DropReason.PortFull) - before);
        Assert.InRange(got, 24, 63);

        byte[][] burst = [.. Enumerable.Range(0, 64).Select(flow => Engine.TcpFrame.Make(100))];
        for (int flow = 0; flow < 64; flow++)
        {
            burst[flow][35] = (byte)(flow * 3 + 1);
        }
        rig.Deliver(burst);
        Assert.Equal(got, Drain(rig.Driver, 0) + Drain(rig.Driver, 1) + Drain(rig.Driver, 3));
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
}
