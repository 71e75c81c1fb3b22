using System.Diagnostics;

namespace Weft.Tests.Linux;

/// <summary>Waits for a fact with a generous limit.</summary>
internal static class Eventually
{
    public static void True(Func<bool> fact, string what = "the awaited fact", TimeSpan? limit = null)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!fact())
        {
            Assert.True(time.Elapsed < (limit ?? TimeSpan.FromSeconds(20)), $"{what} did not come");
            Thread.Sleep(2);
        }
    }
}
