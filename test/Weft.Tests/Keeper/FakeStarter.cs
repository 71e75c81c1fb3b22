using Weft.Keeper;
using Weft.Linux;

namespace Weft.Tests.Keeper;

/// <summary>Starts workers that live in this process: the end of a pipe stands for each one's end.</summary>
internal sealed class FakeStarter : IWorkerStarter, IDisposable
{
    private readonly List<int> _lives = [];

    public int Started => _lives.Count;

    public int Start(bool inHurry, out int pid, out int pidfd)
    {
        pid = Environment.ProcessId;
        int result = FileCalls.Pipe(out pidfd, out int life);
        _lives.Add(life);
        return result;
    }

    public void End(int worker)
    {
        FileCalls.Close(_lives[worker]);
        _lives[worker] = -1;
    }

    public void Dispose() => _lives.Where(life => life >= 0).ToList().ForEach(life => FileCalls.Close(life));
}
