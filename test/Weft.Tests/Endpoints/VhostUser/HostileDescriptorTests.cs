using Weft.Engine;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Lies in the descriptors of frames that leave the guest.</summary>
public sealed class HostileDescriptorTests : HostileGuest
{
    private const ulong Start = 0x4000_0000;
    private const ulong End = Start + (2 << 20);
    private const ushort Next = RingDescriptor.HasNext;
    private const ushort Writable = RingDescriptor.Writable;
    private const ushort Indirect = RingDescriptor.Indirect;

    private static readonly DropReason[] s_bad = [DropReason.BadDescriptor];
    private static readonly DropReason[] s_length = [DropReason.Truncated, DropReason.Oversized, DropReason.BadDescriptor];

    public static TheoryData<ulong, uint> Outside => new()
    {
        { 0, 100 },
        { 0xdead_0000_0000, 100 },
        { End, 100 },
        { End - 100, 101 },
        { End - 1, 2 },
        { Start - 1, 100 },
        { Start - 100, 200 },
        { ulong.MaxValue, 100 },
        { ulong.MaxValue - 50, 100 },
        { unchecked(Start - 0x1_0000_0000), 0xffff_ffff },
        { 0xffff_ffff_ffff_f000, 0x2000 },
    };

    [Theory]
    [MemberData(nameof(Outside))]
    public void An_address_outside_of_the_guest_is_not_read(ulong address, uint length) =>
        LiesOut(driver => Offer(driver, new RingPiece(address, length, IsWritable: false)), s_bad);

    [Theory]
    [MemberData(nameof(Outside))]
    public void Nor_in_the_middle_of_a_chain(ulong address, uint length) =>
        LiesOut(driver => Offer(driver, new(FrameIn(driver), 212, false), new(address, length, false), new(FrameIn(driver), 100, false)),
            [DropReason.BadDescriptor, DropReason.Oversized]);

    [Theory]
    [MemberData(nameof(Outside))]
    public void Nor_behind_an_indirect_table(ulong address, uint length) =>
        LiesOut(driver => OfferIndirect(driver, new(FrameIn(driver), 212, 0 | Next, 1), new(address, length, 0, 0)),
            [DropReason.BadDescriptor, DropReason.Oversized]);

    [Theory]
    [MemberData(nameof(Outside))]
    public void Nor_as_an_indirect_table(ulong address, uint length)
    {
        uint bytes = Math.Max(length & ~15u, 16);
        LiesOut(driver => OfferRaw(driver, new RingDescriptor(address, bytes, Indirect, 0)), s_length);
    }

    [Fact]
    public void An_indirect_table_half_outside_is_not_read() =>
        LiesOut(driver =>
        {
            driver.Rings[1].WriteDescriptorAt(End - 16, new(FrameIn(driver), 212, 0, 0));
            OfferRaw(driver, new RingDescriptor(End - 16, 32, Indirect, 0));
        }, s_bad);

    [Fact]
    public void A_frame_at_the_very_end_of_memory_is_honest()
    {
        using VhostRig rig = new(Honest);
        byte[] frame = EndpointContract.Frame(1, 188);
        rig.Driver.Memory.Write(End - 200, [.. default(NetHeader).ToBytes(), .. frame]);
        Offer(rig.Driver, new RingPiece(End - 200, 200, IsWritable: false));
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(2);
        Assert.Equal(frame, Assert.Single(rig.Forwarder.Frames));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(25)]
    [InlineData(65_563)]
    [InlineData(1 << 20)]
    [InlineData(0x7fff_ffff)]
    [InlineData(0xffff_fff0)]
    [InlineData(0xffff_ffff)]
    public void A_length_that_no_frame_has_is_counted(uint length) =>
        LiesOut(driver => Offer(driver, new RingPiece(Start, length, IsWritable: false)), s_length);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(12, 0)]
    [InlineData(0, 12)]
    [InlineData(5, 20)]
    [InlineData(12, 13)]
    [InlineData(12, 70_000)]
    [InlineData(70_000, 70_000)]
    [InlineData(100, 0xffff_ffff)]
    public void Nor_do_two_pieces_make_one(uint first, uint second) =>
        LiesOut(driver => Offer(driver, new(Start, first, false), new(Start, second, false)), s_length);

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(0x8000)]
    [InlineData(0xffff)]
    public void A_next_beyond_the_table_ends_the_chain(int next)
    {
        LiesOut(driver => OfferRaw(driver, new RingDescriptor(FrameIn(driver), 100, Next, (ushort)next)), s_bad);
        LiesOut(driver => OfferIndirect(driver, new(FrameIn(driver), 100, Next, 1), new(FrameIn(driver), 100, Next, (ushort)next)), s_bad);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void A_loop_of_descriptors_comes_to_an_end(int members)
    {
        foreach (uint length in new uint[] { 0, 1, 100, 4000 })
        {
            LiesOut(driver =>
            {
                ulong address = FrameIn(driver, 4096);
                // The ring's own free list stays right: the head is the one that it would give next.
                int head = Offer(driver, new RingPiece(address, length, IsWritable: false));
                for (int i = 0; i < members; i++)
                {
                    driver.Rings[1].WriteDescriptor((head + i) % 64, new(address, length, Next, (ushort)((head + (i + 1) % members) % 64)));
                }
            }, s_length);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public void So_does_a_loop_in_an_indirect_table(int members) =>
        LiesOut(driver =>
        {
            ulong address = FrameIn(driver);
            OfferIndirect(driver, [.. Enumerable.Range(0, members).Select(i => new RingDescriptor(address, 1, Next, (ushort)((i + 1) % members)))]);
        }, s_length);

    [Fact]
    public void An_indirect_table_of_65536_entries_is_walked_no_further_than_it_pays() =>
        LiesOut(driver =>
        {
            ulong frame = FrameIn(driver);
            ulong table = driver.Memory.Take(65_536 * 16);
            for (int i = 0; i < 65_536; i++)
            {
                driver.Rings[1].WriteDescriptorAt(table + (ulong)i * 16, new(frame, 0, Next, (ushort)(i + 1)));
            }
            OfferRaw(driver, new RingDescriptor(table, 65_536 * 16, Indirect, 0));
        }, s_length);

    [Fact]
    public void An_indirect_descriptor_may_not_lead_to_another() =>
        LiesOut(driver =>
        {
            ulong inner = driver.Memory.Take(16);
            driver.Rings[1].WriteDescriptorAt(inner, new(FrameIn(driver), 212, 0, 0));
            OfferIndirect(driver, new RingDescriptor(inner, 16, Indirect, 0));
        }, s_bad);

    [Fact]
    public void Nor_may_a_later_one() =>
        LiesOut(driver =>
        {
            ulong inner = driver.Memory.Take(16);
            driver.Rings[1].WriteDescriptorAt(inner, new(FrameIn(driver), 212, 0, 0));
            OfferIndirect(driver, new(FrameIn(driver), 212, Next, 1), new(inner, 16, Indirect, 0));
        }, s_bad);

    [Fact]
    public void Nor_may_one_lead_to_itself() =>
        LiesOut(driver =>
        {
            ulong table = driver.Memory.Take(16);
            driver.Rings[1].WriteDescriptorAt(table, new(table, 16, Indirect, 0));
            OfferRaw(driver, new RingDescriptor(table, 16, Indirect, 0));
        }, s_bad);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(24)]
    [InlineData(31)]
    public void An_indirect_table_is_whole_entries(uint bytes) =>
        LiesOut(driver =>
        {
            ulong table = driver.Memory.Take(32);
            driver.Rings[1].WriteDescriptorAt(table, new(FrameIn(driver), 212, 0, 0));
            OfferRaw(driver, new RingDescriptor(table, bytes, Indirect, 0));
        }, s_bad);

    [Theory]
    [InlineData(Indirect | Next)]
    [InlineData(Indirect | Writable)]
    [InlineData(Indirect | Writable | Next)]
    public void An_indirect_descriptor_is_nothing_else(int flags)
    {
        // A device has to ignore "writable" beside "indirect" (virtio 1.2 §2.7.5.3.2): what is in the table counts.
        ushort inTable = (flags & Writable) != 0 ? Writable : (ushort)0;
        LiesOut(driver =>
        {
            ulong table = driver.Memory.Take(16);
            driver.Rings[1].WriteDescriptorAt(table, new(FrameIn(driver), 212, inTable, 0));
            OfferRaw(driver, new RingDescriptor(table, 16, (ushort)flags, 0));
        }, s_bad);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_frame_is_not_read_from_what_is_to_be_written(bool first, bool second)
    {
        LiesOut(driver => Offer(driver, new(FrameIn(driver), 100, first), new(FrameIn(driver), 100, second)), s_bad);
        LiesOut(driver => OfferIndirect(driver,
            new(FrameIn(driver), 100, (ushort)(Next | (first ? Writable : 0)), 1), new(FrameIn(driver), 100, second ? Writable : (ushort)0, 0)), s_bad);
    }

    [Fact]
    public void A_writable_descriptor_alone_is_no_frame() =>
        LiesOut(driver => Offer(driver, new RingPiece(FrameIn(driver), 212, IsWritable: true)), s_bad);

    [Fact]
    public void Honest_frames_around_a_lie_arrive()
    {
        using VhostRig rig = Begun(Honest);
        for (int i = 0; i < 30; i++)
        {
            if (i % 3 == 1)
            {
                Offer(rig.Driver, new RingPiece(End - 50, 100, IsWritable: false));
            }
            else
            {
                Offer(rig.Driver, new RingPiece(FrameIn(rig.Driver), 212, IsWritable: false));
            }
        }
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(3);
        Assert.Equal(20, rig.Forwarder.Frames.Count);
        Assert.Equal(10UL, rig.Drops(DropReason.BadDescriptor));
        Recovers(rig);
    }

    /// <summary>Through the ring's own list of free descriptors, so that it can go on afterwards.</summary>
    private static int Offer(VhostDriver driver, params ReadOnlySpan<RingPiece> pieces)
    {
        int head = driver.Rings[1].Add(pieces);
        Assert.True(head >= 0);
        driver.Rings[1].Publish();
        return head;
    }

    /// <summary>The same, and then another descriptor in the place of its head.</summary>
    private static void OfferRaw(VhostDriver driver, RingDescriptor descriptor)
    {
        int head = Offer(driver, new RingPiece(Start, 1, IsWritable: false));
        driver.Rings[1].WriteDescriptor(head, descriptor);
    }

    private static void OfferIndirect(VhostDriver driver, params ReadOnlySpan<RingDescriptor> table)
    {
        ulong address = driver.Memory.Take((ulong)(table.Length * RingDescriptor.Size));
        for (int i = 0; i < table.Length; i++)
        {
            driver.Rings[1].WriteDescriptorAt(address + (ulong)(i * RingDescriptor.Size), table[i]);
        }
        OfferRaw(driver, new RingDescriptor(address, (uint)(table.Length * RingDescriptor.Size), Indirect, 0));
    }
}
