namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>While a guest is migrated, every page that the device writes is marked, and no other.</summary>
public sealed class VhostDirtyLogTests
{
    public static TheoryData<ChainLayout> Layouts => [.. Enum.GetValues<ChainLayout>()];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Exactly_the_pages_written_are_marked(ChainLayout layout)
    {
        using VhostRig rig = new(new DriverOptions { BufferLayout = layout, BufferSize = 3000, Buffers = 100, RingSize = 512 });
        using DirtyLog log = rig.Driver.StartLog();
        rig.Main.AssertCarriesFrames();
        log.Take();
        int[] lengths = [60, 1500, 2988, 2989, 9000, 40_000];
        foreach (int length in lengths)
        {
            byte[] frame = EndpointContract.Frame(1, length);
            rig.Deliver(frame);
            ReceivedFrame got = rig.Driver.TakeFrame()!;
            Assert.Equal(frame, got.Bytes);
            SortedSet<ulong> buffers = [.. got.Ranges.SelectMany(range => DirtyLog.PagesOf(range.Address, range.Length))];
            SortedSet<ulong> ring = [.. DirtyLog.PagesOf(rig.Driver.Rings[0].Used, rig.Driver.Rings[0].UsedBytes)];
            AssertMarked(log.Take(), buffers, ring);
        }
        rig.PeerSends(EndpointContract.Frame(2, 100));
        rig.Turns(2);
        AssertMarked(log.Take(), [], [.. DirtyLog.PagesOf(rig.Driver.Rings[1].Used, rig.Driver.Rings[1].UsedBytes)]);

        rig.Driver.StopLog();
        log.Take();
        rig.Main.AssertCarriesFrames();
        Assert.Empty(log.Take());
    }

    [Theory]
    [InlineData(0, 4096, 1)]
    [InlineData(0, 4097, 2)]
    [InlineData(4095, 1, 1)]
    [InlineData(4095, 2, 2)]
    [InlineData(1, 8191, 2)]
    public void A_write_that_ends_with_its_page_does_not_mark_the_next(int offset, int written, int pages)
    {
        using VhostRig rig = new(new DriverOptions { Buffers = 0 });
        using DirtyLog log = rig.Driver.StartLog();
        ulong page = rig.Driver.Memory.Take(16_384, 4096);
        // Header and the frame's first bytes lie elsewhere, the bytes in question are the chain's last piece.
        ulong front = rig.Driver.Memory.Take(100);
        rig.Driver.Rings[0].Add([new(front, 100, IsWritable: true), new(page + (ulong)offset, (uint)written, IsWritable: true)]);
        rig.Driver.Rings[0].Publish();
        rig.Deliver(EndpointContract.Frame(1, 100 - NetHeader.Size + written));
        Assert.True(rig.Driver.Rings[0].TryTake(out UsedBuffer used));
        Assert.Equal((uint)(100 + written), used.Written);
        ulong first = page / DirtyLog.Page;
        Assert.Equal(Enumerable.Range(0, pages).Select(i => first + (ulong)i), log.Take().Where(marked => marked >= first && marked < first + 4));
    }

    [Fact]
    public void A_log_that_is_too_short_is_not_written_beyond()
    {
        using VhostRig rig = new();
        using DirtyLog log = new(0x4000_0000 + 0x8000);
        rig.Driver.AskWhole(VhostRequest.SetLogBase, DirtyLog.Describe(log.Size - 8, 0), [log.Descriptor]);
        rig.Driver.SetFeatures(rig.Driver.Features | DeviceFeatures.LogAll);
        rig.Main.AssertCarriesFrames();
        Assert.All(log.Take(), page => Assert.True(page < (log.Size - 8) * 8));
        rig.Main.AssertCarriesFrames();
    }

    /// <summary>All of the buffers' pages, at least one of the ring's, no others.</summary>
    private static void AssertMarked(SortedSet<ulong> marked, SortedSet<ulong> buffers, SortedSet<ulong> ring)
    {
        Assert.Superset(buffers, marked);
        Assert.Contains(marked, ring.Contains);
        Assert.Subset(new SortedSet<ulong>(buffers.Union(ring)), marked);
    }
}
