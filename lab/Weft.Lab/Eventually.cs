using System.Diagnostics;

namespace Weft.Lab;

/// <summary>Waits for an event, generously.</summary>
internal static class Eventually
{
    public static async Task Async(Func<bool> there, string what)
    {
        for (Stopwatch wait = Stopwatch.StartNew(); !there(); await Task.Delay(10))
        {
            Assert.True(wait.Elapsed < TimeSpan.FromSeconds(15), $"waited for {what}");
        }
    }
}
