using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>A listening TCP socket and the connections that wait in it.</summary>
internal sealed class KernelListener(SimulatedWorld world, HostEnd at) : KernelSocket(world)
{
    private readonly Queue<KernelTcp> _waiting = new();
    private bool _closed;

    public HostEnd At => at;

    public override Ready Poll() => _closed ? Ready.HangUp : _waiting.Count > 0 ? Ready.Read : Ready.None;

    public void Arrive(KernelTcp connection)
    {
        connection.Hold();
        _waiting.Enqueue(connection);
        Notify(Ready.Read);
    }

    public KernelTcp? Next() => _waiting.TryPeek(out KernelTcp? next) ? next : null;

    /// <summary>The one that <see cref="Next"/> showed has a descriptor now.</summary>
    public void TakeNext() => _waiting.Dequeue().Let();

    public int Abort()
    {
        _closed = true;
        World.Unlisten(this);
        while (_waiting.TryDequeue(out KernelTcp? connection))
        {
            connection.Abort();
            connection.Let();
        }
        Notify(Ready.HangUp);
        return 0;
    }

    protected override void OnClosed()
    {
        if (!_closed)
        {
            Abort();
        }
    }
}
