using Weft.Linux.Processes;

namespace Weft.Keeper;

/// <summary>
/// How long to wait before a worker is started again. A worker that ends by itself within a second, again and again, is
/// broken: 0, 0, 50, 100, 200 … 2000 ms. One that was killed by SIGKILL was fine: someone (or the lack of memory) wanted
/// it gone, and ten kills a second are answered by ten starts a second for as long as they come.
/// </summary>
internal sealed class RestartDelay
{
    private const long SoonMilliseconds = 1000;
    private const int FreeTries = 2;
    private const int FirstDelay = 50;
    private const int LongestDelay = 2000;

    private int _soonEnds;

    /// <summary>Milliseconds to wait after a worker that lived <paramref name="lived"/> milliseconds.</summary>
    public int After(long lived, ProcessEnd? end)
    {
        if (end is { BySignal: true, Number: ProcessCalls.SignalKill })
        {
            return 0;
        }
        _soonEnds = lived < SoonMilliseconds ? _soonEnds + 1 : 0;
        int doublings = Math.Min(_soonEnds - FreeTries - 1, 10);
        return doublings < 0 ? 0 : Math.Min(FirstDelay << doublings, LongestDelay);
    }
}
