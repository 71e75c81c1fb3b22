using Weft.Keeper;
using Weft.Linux.Processes;

namespace Weft.Tests.Keeper;

public sealed class RestartDelayTests
{
    [Fact]
    public void ABrokenWorkerIsStartedLessAndLessOften()
    {
        RestartDelay delay = new();
        ProcessEnd crash = new(true, 6);
        Assert.Equal([0, 0, 50, 100, 200, 400, 800, 1600, 2000, 2000], Enumerable.Range(0, 10).Select(_ => delay.After(900, crash)));
        Assert.Equal(0, delay.After(1000, crash));
        Assert.Equal([0, 0, 50], Enumerable.Range(0, 3).Select(_ => delay.After(10, null)));
    }

    [Fact]
    public void AKilledWorkerIsStartedAtOnceForEver()
    {
        RestartDelay delay = new();
        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Equal(0, delay.After(100, new ProcessEnd(true, 9))));
    }
}
