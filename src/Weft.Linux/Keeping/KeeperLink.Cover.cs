using Weft.Engine;

namespace Weft.Linux.Keeping;

/// <summary>The keeper's socket in the lane: room again, the keeper's death, a new keeper.</summary>
public sealed unsafe partial class KeeperLink
{
    internal const long RetryMicroseconds = 1000;

    private Lane? _lane;
    private ushort _target;
    private ushort _life;
    private long _retryAt = long.MaxValue;

    public long NextDeadline => _retryAt;

    /// <summary>Enters the lane: flushes at the end of each turn and when the socket has room, and notices the keeper's death.
    /// Before any gateway, since ends of turn run in order and a gateway's asks <see cref="AllKept"/>.</summary>
    public void Watch(Lane lane)
    {
        _lane = lane;
        _target = lane.Register(this);
        lane.Add((ITurnEnd)this);
        lane.Add((IDeadlines)this);
        WatchSocket();
    }

    /// <summary>A new keeper came, the old one is gone or as good as gone: it is handed the shared memory and every slot, over as many turns as
    /// its socket needs. Takes the socket; answers to the command that brought it must have been sent.</summary>
    public void Adopt(int socket)
    {
        lock (_gate)
        {
            LoseCover();
            _socket = socket;
            _owesMemory = _memory is not null;
            _owesReady = true;
            _resendFrom = 0;
            WatchSocket();
            Flush();
        }
    }

    public void OnReady(ReadyToken token, Ready what)
    {
        if (token.Generation != _life)
        {
            return;
        }
        lock (_gate)
        {
            if ((what & Ready.Read) != 0)
            {
                Hear();
            }
            if ((what & (Ready.HangUp | Ready.Error)) != 0)
            {
                LoseCover();
            }
            else
            {
                Flush();
            }
        }
    }

    public void OnDeadline(long now) => Flush();

    /// <summary>Nobody holds our descriptors now: what was queued needs not be said, slots stay as they are.</summary>
    private void LoseCover()
    {
        CloseSocket();
        for (; _queueHead != _queueTail; _queueHead++)
        {
            Settle(_queue[_queueHead & _queueMask]);
        }
        _owesMemory = _owesReady = false;
        _resendFrom = int.MaxValue;
        _retryAt = long.MaxValue;
        EndQuestions();
    }

    private void WatchSocket()
    {
        if (_lane is not null && _socket >= 0)
        {
            _lane.Readiness.Watch(_socket, new ReadyToken(_target, ++_life, 0), Ready.Read | Ready.Write);
        }
    }

    private void CloseSocket()
    {
        if (_socket >= 0)
        {
            _lane?.Readiness.Unwatch(_socket);
            FileCalls.Close(_socket);
            _socket = -1;
        }
    }

    private long RetryTime() => _lane is null ? long.MaxValue : _lane.Now + RetryMicroseconds;
}
