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
