using Weft.Engine;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Lies about guest memory: tables that cannot be, files that are none, regions that go while rings run in them.</summary>
public sealed class HostileMemoryTests : HostileGuest
{
    private const ulong Start = 0x4000_0000;
    private const ulong Size = 2 << 20;
    private const ulong User = 0x5a00_4000_0000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(30)]
    public void A_table_comes_with_as_many_files_as_regions(int files)
    {
        using VhostRig rig = Begun(Honest);
        GuestRegion mine = rig.Driver.Memory.Regions[0];
        GuestRegion other = rig.Driver.Memory.Add(0x8000_0000, 1 << 20);
        int[] descriptors = [.. Enumerable.Repeat(mine.Descriptor, files)];
        Refused(rig, driver => driver.TryTell(VhostRequest.SetMemoryTable, GuestMemory.Describe(mine.Describe(), other.Describe()), descriptors));
    }

    public static TheoryData<string> Files => [.. OddFile.Kinds];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_no_memory_is_refused(string what)
    {
        using VhostRig rig = Begun(Honest);
        using OddFile file = new(what);
        byte[] region = GuestRegion.Describe(0x9000_0000, 1 << 20, 0x5a00_9000_0000, 0);
        Refused(rig, driver => driver.TryTell(VhostRequest.AddMemoryRegion, [.. new byte[8], .. region], file.Descriptor), replug: false);
        Refused(rig, driver => driver.TryTell(VhostRequest.SetMemoryTable, GuestMemory.Describe(region), file.Descriptor));
    }

    public static TheoryData<string, ulong, ulong, ulong, ulong> Regions => new()
    {
        { "no size", Start, 0, User, 0 },
        { "beyond its file", Start, Size + (4 * GuestRegion.Guard), User, 0 },
        { "one byte beyond its file", Start, Size + GuestRegion.Guard + 1, User, GuestRegion.Guard },
        { "begins behind its file", Start, 4096, User, Size * 4 },
        { "offset wraps", Start, 0x2000, User, ulong.MaxValue - 0xfff },
        { "size wraps", Start, ulong.MaxValue, User, 0 },
        { "size wraps with offset", Start, ulong.MaxValue - GuestRegion.Guard + 1, User, GuestRegion.Guard },
        { "huge", Start, 1UL << 62, User, 0 },
        { "guest address wraps", ulong.MaxValue - 0xfff, 0x2000, User, 0 },
        { "front end's address wraps", Start, 0x2000, ulong.MaxValue - 0xfff, 0 },
    };

    [Theory]
    [MemberData(nameof(Regions))]
    public void A_region_that_cannot_be_is_refused(string what, ulong guest, ulong size, ulong user, ulong offset)
    {
        Assert.NotEmpty(what);
        using VhostRig rig = Begun(Honest);
        int file = rig.Driver.Memory.Regions[0].Descriptor;
        byte[] region = GuestRegion.Describe(guest, size, user, offset);
        Refused(rig, driver => driver.TryTell(VhostRequest.SetMemoryTable, GuestMemory.Describe(region), file));
        using VhostRig slots = Begun(Honest with { UsesMemorySlots = true, Memory = [(0x1_0000_0000, Size)] });
        file = slots.Driver.Memory.Regions[0].Descriptor;
        Refused(slots, driver => driver.TryTell(VhostRequest.AddMemoryRegion, [.. new byte[8], .. region], file));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0x1000, 0x40_0000)]
    [InlineData(0x40_0000, 0x1000)]
    [InlineData(0x1f_ffff, 0x20_0000)]
    public void Regions_that_overlap_are_refused(ulong guestDistance, ulong userDistance)
    {
        using VhostRig rig = Begun(Honest);
        int file = rig.Driver.Memory.Regions[0].Descriptor;
        byte[] first = rig.Driver.Memory.Regions[0].Describe();
        byte[] second = GuestRegion.Describe(Start + guestDistance, 0x1000, User + userDistance, 0);
        Refused(rig, driver => driver.TryTell(VhostRequest.AddMemoryRegion, [.. new byte[8], .. second], file), replug: false);
        Refused(rig, driver => driver.TryTell(VhostRequest.SetMemoryTable, GuestMemory.Describe(first, second), file, file));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    [InlineData(9u)]
    [InlineData(0x7fff_ffffu)]
    [InlineData(0x8000_0001u)]
    [InlineData(0xffff_ffffu)]
    public void A_count_of_regions_that_is_not_theirs_is_refused(uint count)
    {
        using VhostRig rig = Begun(Honest);
        byte[] table = rig.Driver.Memory.Describe();
        BitConverter.TryWriteBytes(table, count);
        Refused(rig, driver => driver.TryTell(VhostRequest.SetMemoryTable, table, driver.Memory.Descriptors()));
    }

    [Fact]
    public void Memory_that_goes_takes_its_rings_with_it()
    {
        using VhostRig rig = Begun(Honest with { UsesMemorySlots = true });
        rig.Main.AssertCarriesFrames();
        rig.Driver.Transmit[0].Publish(EndpointContract.Frame(1, 100));
        rig.Driver.RemoveRegion(rig.Driver.Memory.Regions[0]);
        Assert.Equal(1, rig.Driver.Memory.Regions[0].Mappings());
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(3);
        rig.Deliver(EndpointContract.Frame(1, 100));
        Assert.False(rig.Port.IsUp);
        rig.Neighbour.AssertCarriesFrames();
        rig.Driver.AddRegion(rig.Driver.Memory.Regions[0]);
        Recovers(rig, goesOn: false);
    }

    [Fact]
    public void Buffers_in_memory_that_has_gone_are_lies()
    {
        using VhostRig rig = Begun(Honest with { UsesMemorySlots = true, Memory = [(Start, Size), (0x8000_0000, Size)] });
        GuestRegion second = rig.Driver.Memory.Regions[1];
        Assert.True(second.Heap.TryTake(2000, 16, out ulong address));
        rig.Driver.Rings[1].Add([new RingPiece(address, 200, IsWritable: false)]);
        rig.Driver.RemoveRegion(second);
        rig.Driver.Rings[1].Publish();
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(3);
        Assert.Equal(1UL, rig.Drops(DropReason.BadDescriptor));
        Recovers(rig);
    }

    /// <summary>QEMU removes a region once for each pair of a card that has several.</summary>
    [Fact]
    public void A_region_that_nobody_has_is_removed_without_harm()
    {
        using VhostRig rig = Begun(Honest with { UsesMemorySlots = true });
        byte[] unknown = GuestRegion.Describe(0x7777_0000, 0x1000, 0x5a00_7777_0000, 0);
        Assert.NotNull(rig.Driver.TryTell(VhostRequest.RemoveMemoryRegion, [.. new byte[8], .. unknown]));
        Recovers(rig);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_table_that_is_replaced_under_running_rings_harms_nobody(bool sameMemory)
    {
        using VhostRig rig = Begun(Honest);
        using GuestMemory other = new();
        other.Add(Start, Size);
        for (int i = 0; i < 50; i++)
        {
            rig.Driver.Transmit[0].Publish(EndpointContract.Frame(i, 100));
            rig.Driver.Rings[1].KickIfWanted();
            GuestMemory shared = sameMemory ? rig.Driver.Memory : other;
            rig.Driver.TryTell(VhostRequest.SetMemoryTable, shared.Describe(), shared.Descriptors());
            rig.Deliver(EndpointContract.Frame(i, 100));
            rig.Turn();
            if (sameMemory)
            {
                Assert.Equal(i, EndpointContract.NumberOf(rig.PeerReceives()!));
            }
        }
        Assert.True(!sameMemory || rig.Forwarder.Frames.Count == 50);
        other.AssertGuards();
        Recovers(rig, goesOn: sameMemory);
    }

    [Theory]
    [InlineData("reader", 4096ul, 0ul)]
    [InlineData("folder", 4096ul, 0ul)]
    [InlineData("read-only", 4096ul, 0ul)]
    [InlineData("two pages", 1ul << 30, 0ul)]
    [InlineData("two pages", 4096ul, 1ul << 40)]
    [InlineData("two pages", 0ul, 0ul)]
    [InlineData("two pages", ulong.MaxValue, 8ul)]
    [InlineData("two pages", 64ul, ulong.MaxValue - 7)]
    public void A_log_that_cannot_be_is_refused(string what, ulong size, ulong offset)
    {
        using VhostRig rig = Begun(Honest);
        using OddFile file = new(what);
        Refused(rig, driver =>
        {
            ulong? answer = driver.TryTell(VhostRequest.SetLogBase, DirtyLog.Describe(size, offset), file.Descriptor);
            driver.TryTell(VhostRequest.SetFeatures, VhostDriver.Bytes((ulong)(driver.Features | DeviceFeatures.LogAll)));
            rig.Deliver(EndpointContract.Frame(1, 100));
            return answer;
        });
    }

    /// <summary>A refusal in words, or by leaving; and then an honest guest.</summary>
    private static void Refused(VhostRig rig, Func<VhostDriver, ulong?> tell, bool replug = true)
    {
        Assert.NotEqual(0UL, tell(rig.Driver) ?? 1);
        rig.Driver.Rings[1].Kick.Signal();
        rig.Turns(3);
        rig.Deliver(EndpointContract.Frame(1, 100));
        rig.Neighbour.AssertCarriesFrames();
        if (!replug && rig.Port.IsUp)
        {
            rig.PeerReceives();
        }
        if (replug)
        {
            Recovers(rig, goesOn: false);
        }
    }
}
