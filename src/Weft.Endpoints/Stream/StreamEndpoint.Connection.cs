using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Endpoints.Stream;

/// <summary>The connection: brought by the listener, or dialled.</summary>
public sealed unsafe partial class StreamEndpoint
{
    private const uint ConnectionIndex = 0;
    private const uint DialIndex = 1;
    private const Ready ConnectionInterest = Engine.Ready.Read | Engine.Ready.PeerClosed;
    private const long RedialPause = 200_000;

    private int _connection = -1;
    private int _connectionSlot = -1;
    private int _dialled = -1;
    private ushort _generation;
    private long _dialAt = long.MaxValue;
    private bool _isOver;

    public long NextDeadline => _dialAt;

    private ReadyToken ConnectionToken => new(_target, _generation, ConnectionIndex);

    public void OnDeadline(long now)
    {
        _dialAt = long.MaxValue;
        Dial();
    }

    /// <summary>A hypervisor is connected, in place of the one before.</summary>
    public void Take(int connection, int slot)
    {
        if (_connection >= 0)
        {
            HangUp();
        }
        _dialAt = long.MaxValue;
        if (_isTcp)
        {
            SocketCalls.SetOption(connection, SocketConstants.LevelTcp, SocketConstants.NoDelay, 1);
            SocketCalls.SetOption(connection, SocketConstants.LevelSocket, SocketConstants.UrgentInline, 1);
        }
        bool isThere = _ring.Begin(connection, _plug.Sockets);
        Watch(connection, slot);
        if (!isThere)
        {
            HangUp();
        }
    }

    /// <summary>Whoever connected was none of the listener's NICs.</summary>
    public void Refuse() => _port.Drop(DropReason.ForeignSender);

    private void Dial()
    {
        if (_connection >= 0 || _dialled >= 0 || _isOver)
        {
            return;
        }
        if (_plug.Place.Path is { } path)
        {
            Called(UnixSockets.Connect(path, SocketConstants.TypeStream | SocketConstants.NonBlocking));
            return;
        }
        int socket = _plug.Sockets.OpenTcp(default);
        int result = socket < 0 ? socket : _plug.Sockets.Connect(socket, _plug.Place.End);
        if (result == -Errno.EINPROGRESS)
        {
            _dialled = socket;
            _lane.Readiness.Watch(socket, new ReadyToken(_target, 0, DialIndex), Engine.Ready.Write);
            return;
        }
        if (result < 0 && socket >= 0)
        {
            _plug.Sockets.Close(socket);
        }
        Called(result < 0 ? result : socket);
    }

    private void Dialled()
    {
        if (_dialled < 0)
        {
            return;
        }
        int socket = _dialled;
        // Where nobody listens a port of our own choice may be the very one that we call (TCP connects to itself).
        if (_plug.Sockets.TakeError(socket) != 0 || _plug.Sockets.LocalEnd(socket) == _plug.Place.End)
        {
            StopDialling();
            Called(-Errno.ECONNREFUSED);
            return;
        }
        _dialled = -1;
        _lane.Readiness.Unwatch(socket);
        Called(socket);
    }

    private void Called(int socket)
    {
        if (socket < 0)
        {
            _dialAt = _lane.Now + RedialPause;
            return;
        }
        Take(socket, _plug.Keeper.Keep(socket));
    }

    private void StopDialling()
    {
        if (_dialled >= 0)
        {
            _lane.Readiness.Unwatch(_dialled);
            _plug.Sockets.Close(_dialled);
            _dialled = -1;
        }
    }

    /// <summary>Goes on with the connection of the predecessor, at the byte where the kernel stands.</summary>
    private void TakeOver()
    {
        bool isSound = _ring.TakeOver(_plug.Connection, _plug.Sockets, out int replayed);
        Replayed = replayed;
        if (!isSound)
        {
            StreamRecord.Clear(_record);
        }
        if (_plug.Connection >= 0)
        {
            bool isWhole = isSound && (!_isTcp || _journal.TakeOver(_plug.Connection, _plug.Sockets));
            Watch(_plug.Connection, _plug.ConnectionSlot);
            if (!isWhole)
            {
                _port.Drop(DropReason.HalfSent);
                HangUp();
            }
            else if (_isTcp && _journal.HasRest)
            {
                BecomeFull();
            }
        }
        _port.Ready();
    }

    private void Watch(int connection, int slot)
    {
        _connection = connection;
        _connectionSlot = slot;
        _generation++;
        _isLying = false;
        _owner.Connected(slot);
        BeginDeliver();
        _lane.Readiness.Watch(connection, ConnectionToken, ConnectionInterest);
        _port.CarrierChanged(true);
        _port.Ready();
    }

    private void HangUp()
    {
        int connection = _connection;
        int slot = _connectionSlot;
        _connection = _connectionSlot = -1;
        _isLying = _isCut = false;
        _lane.Readiness.Unwatch(connection);
        _owner.Connected(-1);
        _plug.Keeper.End(connection, slot);
        _port.CarrierChanged(false);
        if (_plug.Dials)
        {
            _dialAt = _lane.Now + RedialPause;
        }
    }
}
