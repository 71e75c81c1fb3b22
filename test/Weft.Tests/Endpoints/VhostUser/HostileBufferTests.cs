using Weft.Engine;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Lies in the buffers that a guest receives by.</summary>
public sealed class HostileBufferTests : HostileGuest
{
    private const ulong Start = 0x4000_0000;
    private const ulong End = Start + (2 << 20);
    private const ushort Next = RingDescriptor.HasNext;
    private const ushort Writable = RingDescriptor.Writable;
    private const ushort Indirect = RingDescriptor.Indirect;

    private static readonly DropReason[] s_bad = [DropReason.BadDescriptor];
    private static readonly DropReason[] s_short = [DropReason.BadDescriptor, DropReason.PortFull, DropReason.Oversized];
    private static readonly DriverOptions s_unmerged = Bufferless with { Features = DeviceFeatures.Usual & ~DeviceFeatures.MergeableBuffers };

    public static TheoryData<ulong, uint, bool> Outside
    {
        get
        {
            TheoryData<ulong, uint, bool> data = [];
            foreach (bool merges in new[] { true, false })
            {
                data.Add(0, 2000, merges);
                data.Add(End, 2000, merges);
                data.Add(Start - 1, 2000, merges);
                data.Add(Start - 2000, 2000, merges);
                data.Add(0xdead_0000_0000, 2000, merges);
                data.Add(ulong.MaxValue - 100, 2000, merges);
                data.Add(0xffff_ffff_ffff_f000, 0x2000, merges);
                data.Add(unchecked(Start - 0x1_0000_0000), 0xffff_ffff, merges);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Outside))]
    public void A_buffer_outside_of_the_guest_is_not_written(ulong address, uint length, bool merges) =>
        LiesIn(driver => Post(driver, new RingPiece(address, length, IsWritable: true)), s_bad, options: merges ? Bufferless : s_unmerged);

    [Theory]
    [MemberData(nameof(Outside))]
    public void Nor_in_the_middle_of_a_chain(ulong address, uint length, bool merges)
    {
        ulong mine = 0;
        LiesIn(driver => Post(driver, new(mine = driver.Memory.Take(300), 300, true), new(address, length, true), new(mine, 300, true)),
            s_bad, options: merges ? Bufferless : s_unmerged, mayWrite: _ => [(mine, 300)]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_buffer_that_begins_inside_is_written_no_further_than_memory_goes(bool merges) =>
        LiesIn(driver => Post(driver, new RingPiece(End - 100, 2000, IsWritable: true)), s_bad,
            options: merges ? Bufferless : s_unmerged, mayWrite: _ => [(End - 100, 100)]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_buffer_that_may_only_be_read_is_not_written(bool merges)
    {
        DriverOptions options = merges ? Bufferless : s_unmerged;
        LiesIn(driver => Post(driver, new RingPiece(driver.Memory.Take(2000), 2000, IsWritable: false)), s_bad, options: options);
        ulong mine = 0;
        LiesIn(driver => Post(driver, new(mine = driver.Memory.Take(100), 100, true), new(driver.Memory.Take(2000), 2000, false)), s_bad,
            options: options, mayWrite: _ => [(mine, 100)]);
        LiesIn(driver => Post(driver, new(driver.Memory.Take(100), 100, false), new(driver.Memory.Take(2000), 2000, true)), s_bad, options: options);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(100)]
    public void A_buffer_that_is_too_short_is_filled_no_further(uint length)
    {
        foreach (DriverOptions options in new[] { Bufferless, s_unmerged })
        {
            ulong mine = 0;
            LiesIn(driver => Post(driver, new RingPiece(mine = driver.Memory.Take(2000), length, IsWritable: true)), s_short,
                options: options, mayWrite: _ => [(mine, length)]);
        }
    }

    [Fact]
    public void A_ring_full_of_empty_buffers_ends()
    {
        LiesIn(driver =>
        {
            for (int i = 0; i < 64; i++)
            {
                Post(driver, new RingPiece(Start + 0x1000, 0, IsWritable: true));
            }
        }, s_short);
        LiesIn(driver =>
        {
            for (int i = 0; i < 64; i++)
            {
                Post(driver, new RingPiece(Start + 0x1000, 1, IsWritable: true));
            }
        }, s_short, length: 1500, mayWrite: _ => [(Start + 0x1000, 1)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    public void A_loop_of_buffers_comes_to_an_end(int members)
    {
        foreach (uint length in new uint[] { 0, 1, 100 })
        {
            ulong mine = 0;
            LiesIn(driver =>
            {
                mine = driver.Memory.Take(200);
                int head = Post(driver, new RingPiece(mine, length, IsWritable: true));
                for (int i = 0; i < members; i++)
                {
                    driver.Rings[0].WriteDescriptor((head + i) % 64, new(mine, length, Next | Writable, (ushort)((head + (i + 1) % members) % 64)));
                }
            }, length == 100 ? [] : s_short, mayWrite: _ => [(mine, length)]);
        }
    }

    [Fact]
    public void An_indirect_buffer_is_checked_as_a_direct_one_is()
    {
        LiesIn(driver => PostIndirect(driver, new RingDescriptor(End - 10, 2000, Writable, 0)), s_bad, mayWrite: _ => [(End - 10, 10)]);
        LiesIn(driver => PostIndirect(driver, new RingDescriptor(Start + 0x4000, 2000, 0, 0)), s_bad);
        LiesIn(driver => PostIndirect(driver, new RingDescriptor(Start + 0x4000, 16, Indirect, 0)), s_bad);
        LiesIn(driver => PostIndirect(driver, new RingDescriptor(Start + 0x4000, 16, Indirect | Writable, 0)), s_bad);
        LiesIn(driver => PostIndirect(driver, new RingDescriptor(Start + 0x4000, 100, Writable | Next, 9)), s_bad, mayWrite: _ => [(Start + 0x4000, 100)]);
    }

    /// <summary>The guest offers its own rings as buffers: what is overwritten is its own.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Rings_that_are_given_as_buffers_hurt_their_guest_alone(int which)
    {
        using VhostRig rig = Begun(Bufferless);
        DriverRing ring = rig.Driver.Rings[0];
        ulong place = which switch { 0 => ring.Table, 1 => ring.Available, _ => ring.Used };
        for (int i = 0; i < 30; i++)
        {
            Post(rig.Driver, new RingPiece(place, 2000, IsWritable: true));
        }
        for (int i = 0; i < 40; i++)
        {
            byte[] frame = EndpointContract.Frame(i, 1000);
            frame.AsSpan(14).Fill((byte)(i * 37));
            rig.Main.Deliver(frame);
            rig.Turn();
        }
        rig.Driver.Memory.AssertGuards();
        rig.Neighbour.AssertCarriesFrames();
        rig.Main.Replug(Honest);
        rig.Main.AssertCarriesFrames();
    }

    [Fact]
    public void Honest_buffers_behind_a_lie_are_used()
    {
        using VhostRig rig = Begun(Bufferless);
        for (int i = 0; i < 20; i++)
        {
            Post(rig.Driver, new RingPiece(End, 2000, IsWritable: true));
        }
        rig.Driver.Receive[0].Post(20, 2048);
        for (int i = 0; i < 40; i++)
        {
            rig.Main.Deliver(EndpointContract.Frame(i, 500));
        }
        Assert.Equal(20UL, rig.Drops(DropReason.BadDescriptor));
        Assert.Equal(0UL, rig.Drops(DropReason.PortFull));
        rig.Neighbour.AssertCarriesFrames();
    }

    private static int Post(VhostDriver driver, params ReadOnlySpan<RingPiece> pieces)
    {
        int head = driver.Rings[0].Add(pieces);
        Assert.True(head >= 0);
        driver.Rings[0].Publish();
        return head;
    }

    private static void PostIndirect(VhostDriver driver, RingDescriptor entry)
    {
        ulong table = driver.Memory.Take(16);
        driver.Rings[0].WriteDescriptorAt(table, entry);
        int head = Post(driver, new RingPiece(Start, 2000, IsWritable: true));
        driver.Rings[0].WriteDescriptor(head, new RingDescriptor(table, 16, Indirect, 0));
    }
}
