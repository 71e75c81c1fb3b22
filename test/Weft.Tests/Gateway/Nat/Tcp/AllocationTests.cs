using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Bulk transfer in steady state allocates nothing.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1448)]
    [InlineData(60_000)]
    public void Uploading_allocates_nothing(int frame)
    {
        using var bench = new BulkBench();
        bench.Upload(frame, rounds: 200);
        long sent = bench.Sent;
        Assert.Equal(0, Allocated.By(() => bench.Upload(frame, rounds: 5_000)));
        Assert.Equal(0, (bench.Sent - sent) % (5_000L * 4 * frame));
        Assert.True(bench.Sent > sent);
    }

    [Fact]
    public void Downloading_allocates_nothing()
    {
        using var bench = new BulkBench();
        bench.Download(rounds: 200);
        Assert.Equal(0, Allocated.By(() => bench.Download(rounds: 5_000)));
        Assert.True(bench.Discarded > 5_000L * 60_000);
    }

    [Fact]
    public void Out_of_order_segments_allocate_nothing()
    {
        using var bench = new BulkBench();
        bench.UploadSwapped(rounds: 200);
        long sent = bench.Sent;
        Assert.Equal(0, Allocated.By(() => bench.UploadSwapped(rounds: 5_000)));
        Assert.Equal(0, (bench.Sent - sent) % (5_000L * 2 * 1000));
        Assert.True(bench.Sent > sent);
    }
}
