using Weft.Daemon.Keepers;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Model;

namespace Weft.Tests.Daemon;

/// <summary>A keeper that starts fake workers in this process; its socket says that it lives.</summary>
internal sealed class FakeKeepers(HomeFolder home) : IKeeperStarter, IDisposable
{
    private int _listener = -1;

    public FakeWorker? Worker { get; private set; }

    /// <summary>Of each table of the worker.</summary>
    public int Capacity { get; set; } = FakeWorker.UsualCapacity;

    public int Adoptions { get; private set; }

    public int Starts { get; private set; }

    /// <summary>Why the next start of a keeper fails; null: it does not.</summary>
    public IOException? Problem { get; set; }

    public void Start(bool adopt)
    {
        if (Problem is { } problem)
        {
            Problem = null;
            throw problem;
        }
        if (adopt)
        {
            Adoptions++;
            Worker!.State.Worker.Covered = 1;
            return;
        }
        Starts++;
        _listener = UnixSockets.Listen(home.KeeperSocket, SocketConstants.TypeSeqpacket);
        Worker = new FakeWorker(home, capacity: Capacity) { OnStopped = End };
    }

    /// <summary>The worker is killed and the next one takes over its memory.</summary>
    public void Replace()
    {
        Worker!.Kill();
        Worker = new FakeWorker(home, Worker, Capacity) { OnStopped = End };
    }

    /// <summary>Keeper and worker are killed.</summary>
    public void Kill()
    {
        Worker?.Kill();
        End();
    }

    public void Reap()
    {
    }

    public void Dispose() => Kill();

    private void End()
    {
        if (_listener >= 0)
        {
            FileCalls.Close(_listener);
            _listener = -1;
        }
    }
}
