using Weft.Engine;

namespace Weft.Gateway.Dns;

/// <summary>
/// A few UDP sockets with ports of the kernel's random choice; each query leaves by one drawn at random, so that a forger
/// must guess port and id (RFC 5452 §9). Opened when first drawn, closed together once idle: the next ones have new ports.
/// They go out as the host's own queries would, with no source address of the network's, since an upstream may be on loopback.
/// </summary>
internal sealed class DnsSockets(Lane lane, IHostSockets host)
{
    public const int Count = 8;

    private const int Closed = -1;

    private readonly int[] _sockets = [Closed, Closed, Closed, Closed, Closed, Closed, Closed, Closed];
    private ushort _generation;

    /// <summary>The number that the lane gave the forwarder.</summary>
    public ushort Target { get; set; }

    public bool AnyOpen => Array.Exists(_sockets, socket => socket != Closed);

    /// <summary>The descriptor behind an event; false for a socket of an earlier life.</summary>
    public bool TryGet(ReadyToken token, out int socket)
    {
        socket = token.Index < Count ? _sockets[token.Index] : Closed;
        return socket != Closed && token.Generation == _generation;
    }

    /// <summary>The socket at <paramref name="index"/>, opened when it is not; else any open one; else false.</summary>
    public bool TryUse(ref int index, out int socket)
    {
        socket = _sockets[index];
        if (socket == Closed)
        {
            socket = TryOpen(index);
        }
        if (socket != Closed)
        {
            return true;
        }
        index = Array.FindIndex(_sockets, open => open != Closed);
        socket = index < 0 ? Closed : _sockets[index];
        return socket != Closed;
    }

    /// <summary>Asks to be told again: not everything was read.</summary>
    public void Rewatch(int index) =>
        lane.Readiness.Rewatch(_sockets[index], new ReadyToken(Target, _generation, (uint)index), Ready.Read);

    public void CloseAll()
    {
        for (int i = 0; i < Count; i++)
        {
            if (_sockets[i] != Closed)
            {
                lane.Readiness.Unwatch(_sockets[i]);
                host.Close(_sockets[i]);
                _sockets[i] = Closed;
            }
        }
        _generation++;
    }

    private int TryOpen(int index)
    {
        int socket = host.OpenUdp(default);
        if (socket < 0)
        {
            return Closed;
        }
        if (lane.Readiness.Watch(socket, new ReadyToken(Target, _generation, (uint)index), Ready.Read) < 0)
        {
            host.Close(socket);
            return Closed;
        }
        return _sockets[index] = socket;
    }
}
