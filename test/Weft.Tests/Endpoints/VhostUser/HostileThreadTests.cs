using Weft.Engine;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Another processor of the guest changes everything while the device reads it: what was checked is not read again.</summary>
public sealed class HostileThreadTests : HostileGuest
{
    private const ulong Start = 0x4000_0000;
    private const ulong End = Start + (2 << 20);

    public static TheoryData<string> What => ["descriptors", "indices", "headers", "tables", "everything"];

    [Theory]
    [MemberData(nameof(What))]
    public void What_changes_while_it_is_read_harms_nobody(string what)
    {
        using VhostRig rig = Begun(Honest);
        rig.Forwarder.Records = false;
        rig.Forwarder.DuringTurn = burst => rig.Neighbour.Port.Deliver(burst.Frames);
        long until = Environment.TickCount64 + 500;
        Random random = new(5);
        while (Environment.TickCount64 < until)
        {
            VhostDriver driver = rig.Driver;
            using ManualResetEventSlim stop = new();
            Thread rewriter = new(() => Rewrite(driver, what, stop));
            rewriter.Start();
            for (int i = 0; i < 200 && rig.Port.IsUp; i++)
            {
                driver.Rings[1].Offer((ushort)random.Next(0, 16));
                driver.Rings[1].Kick.Signal();
                rig.Turn();
                rig.Main.Deliver(EndpointContract.Frame(i, 60 + random.Next(0, 3000)));
                while (rig.Neighbour.Driver.TakeFrame() is not null)
                {
                }
            }
            stop.Set();
            rewriter.Join();
            driver.Memory.AssertGuards();
            rig.Main.Replug(Honest);
        }
        rig.Forwarder.DuringTurn = null;
        rig.Forwarder.Records = true;
        rig.Main.AssertCarriesFrames();
        rig.Neighbour.AssertCarriesFrames();
    }

    /// <summary>An index that never stands still looks like room again and again, to a sender who asks each time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_receive_index_that_never_stands_still_does_not_hold_the_lane(int step)
    {
        using VhostRig rig = Begun(Bufferless);
        rig.Forwarder.OnRoomAgain = () => _ = rig.Endpoint.Room;
        DriverRing ring = rig.Driver.Rings[0];
        ushort start = ring.AvailableIndex;
        using ManualResetEventSlim stop = new();
        Thread rewriter = new(() =>
        {
            while (!stop.IsSet)
            {
                ring.AvailableIndex = step == 1 ? start : (ushort)(ring.AvailableIndex + step);
                ring.AvailableIndex = step == 1 ? (ushort)(start + 1000) : ring.AvailableIndex;
            }
        });
        rewriter.Start();
        try
        {
            long until = Environment.TickCount64 + 500;
            while (Environment.TickCount64 < until)
            {
                _ = rig.Endpoint.Room;
                rig.Rest();
            }
        }
        finally
        {
            stop.Set();
            rewriter.Join();
            rig.Forwarder.OnRoomAgain = null;
        }
        Recovers(rig, goesOn: false);
    }

    private static void Rewrite(VhostDriver driver, string what, ManualResetEventSlim stop)
    {
        Random random = new(9);
        DriverRing ring = driver.Rings[1];
        ulong table = driver.Memory.Take(16 * 16);
        ulong frame = driver.Memory.Take(4096);
        while (!stop.IsSet)
        {
            for (int i = 0; i < 16; i++)
            {
                if (what is "descriptors" or "everything")
                {
                    driver.Rings[random.Next(2)].WriteDescriptor(i, Any(random, frame));
                }
                if (what is "tables" or "everything")
                {
                    ring.WriteDescriptor(i, new RingDescriptor(table, (uint)random.Next(0, 300), RingDescriptor.Indirect, 0));
                    ring.WriteDescriptorAt(table + (ulong)i * 16, Any(random, frame));
                }
                if (what is "headers")
                {
                    ring.WriteDescriptor(i, new RingDescriptor(frame, 1512, 0, 0));
                    random.NextBytes(driver.Memory.Span(frame, 60));
                }
            }
            if (what is "indices" or "everything" && random.Next(100) == 0)
            {
                driver.Rings[random.Next(2)].AvailableIndex += (ushort)random.Next(0, 80);
            }
        }
    }

    private static RingDescriptor Any(Random random, ulong frame)
    {
        ulong[] addresses = [frame, frame + 12, End - 20, End, 0, ulong.MaxValue - 5, Start];
        uint[] lengths = [0, 11, 12, 26, 200, 1512, 70_000, uint.MaxValue];
        return new RingDescriptor(addresses[random.Next(addresses.Length)], lengths[random.Next(lengths.Length)], (ushort)random.Next(0, 8), (ushort)random.Next(0, 70));
    }
}
