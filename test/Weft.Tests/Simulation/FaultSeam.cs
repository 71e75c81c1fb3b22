namespace Weft.Tests.Simulation;

/// <summary>Counts the simulated system calls of one worker and fails, or kills at, the n-th (1 = the next one).</summary>
internal sealed class FaultSeam
{
    private int _failAt;
    private int _error;
    private int _killBefore;
    private int _killAfter;

    public int Calls { get; private set; }

    public void FailAt(int call, int errno)
    {
        _failAt = Calls + call;
        _error = errno;
    }

    public void KillBefore(int call) => _killBefore = Calls + call;

    public void KillAfter(int call) => _killAfter = Calls + call;

    /// <summary>Nothing fails any more.</summary>
    public void Disarm() => _failAt = _killBefore = _killAfter = 0;

    /// <summary>Start of a call: 0, or the negative errno to answer without making it.</summary>
    public int Enter()
    {
        Calls++;
        if (Calls == _killBefore)
        {
            throw new WorkerKilled(Calls);
        }
        return Calls == _failAt ? -_error : 0;
    }

    /// <summary>The call is done; its effects stand.</summary>
    public T Leave<T>(T result)
    {
        if (Calls == _killAfter)
        {
            throw new WorkerKilled(Calls);
        }
        return result;
    }
}
