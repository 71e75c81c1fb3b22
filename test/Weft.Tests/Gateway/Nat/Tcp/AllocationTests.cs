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
        long before = GC.GetAllocatedBytesForCurrentThread();
        bench.Upload(frame, rounds: 5_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(5_200L * 4 * frame, bench.Sent);
    }

    [Fact]
    public void Downloading_allocates_nothing()
    {
        using var bench = new BulkBench();
        bench.Download(rounds: 200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bench.Download(rounds: 5_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(bench.Discarded > 5_000L * 60_000);
    }

    [Fact]
    public void Out_of_order_segments_allocate_nothing()
    {
        using var bench = new BulkBench();
        bench.UploadSwapped(rounds: 200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bench.UploadSwapped(rounds: 5_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(5_200L * 2 * 1000, bench.Sent);
    }
}
