namespace Weft.Tests;

/// <summary>
/// What code allocates each time it runs, in bytes: the least of three runs. The runtime itself allocates now and then on the
/// thread it finds (code that has become hot is compiled again); what the code does, it does every time.
/// </summary>
internal static class Allocated
{
    public static long By(Action run)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 3 && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
