using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// The front end's connection: a unix stream of messages (vhost-user, "Message specification"). We listen, or dial and dial
/// again. One front end at a time; the newest wins, since a hypervisor that starts anew takes the place of the one that hung.
/// Connections are accepted by the keeper. While a message is carried out the record is marked: a worker killed in that moment
/// leaves half of it done, and its successor begins with that front end anew.
/// A message that cannot be right ends the connection, unless its sender asked to be told so.
/// Who cut off a file that we had mapped has killed a worker by it, and would kill the next one: nobody is let in any more
/// until somebody looks after it, and pulls the cable and plugs it in again.
/// </summary>
public sealed unsafe partial class VhostUserEndpoint
{
    private const uint ListenerIndex = 0;
    private const uint ConnectionIndex = 1;
    private const uint FirstKickIndex = 2;
    private const Ready ConnectionInterest = Engine.Ready.Read | Engine.Ready.PeerClosed;
    private const int MessagesAtOnce = 64;
    private const long RedialPause = 200_000;

    /// <summary>VHOST_USER_BACKEND_CONFIG_CHANGE_MSG.</summary>
    private const VhostRequest ConfigurationChanged = (VhostRequest)2;

    private int _connection = -1;
    private int _connectionSlot = -1;
    private ushort _generation;
    private int _received;
    private long _nextDeadline = long.MaxValue;
    private bool _isOver;

    public long NextDeadline => Math.Min(_nextDeadline, _listener.NextDeadline);

    /// <summary>Tells the driver what it is owed; accepts or dials.</summary>
    public void OnDeadline(long now)
    {
        _nextDeadline = long.MaxValue;
        PayAll();
        if (now >= _listener.NextDeadline)
        {
            _listener.Accept();
        }
        if (_plug.Dials && _connection < 0 && !_isHidden && _record->Shrank == 0)
        {
            Dial(_plug.Path);
        }
    }

    private void Take(int socket, int slot)
    {
        if (_record->Shrank != 0 || !UnixSockets.IsOwnerOrRoot(socket))
        {
            _owner.End(socket, slot);
            return;
        }
        Use(socket, slot);
    }

    private void Dial(string path)
    {
        int socket = UnixSockets.Connect(path, SocketConstants.TypeStream | SocketConstants.NonBlocking);
        if (socket < 0)
        {
            _nextDeadline = _lane.Now + RedialPause;
            return;
        }
        Use(socket, _owner.Keep(socket));
    }

    private void Use(int connection, int slot)
    {
        if (_connection >= 0)
        {
            HangUp();
        }
        _nextDeadline = long.MaxValue;
        VhostDevice.Clear(_record);
        Watch(connection, slot);
    }

    private void Watch(int connection, int slot)
    {
        _connection = connection;
        _connectionSlot = slot;
        _generation++;
        _received = 0;
        _message.Begin();
        _owner.Connected(connection, slot);
        _lane.Readiness.Watch(connection, new ReadyToken(_target, _generation, ConnectionIndex), ConnectionInterest);
    }

    /// <summary>A front end of the predecessor goes on, if all that it had told is still there.</summary>
    private void TakeOver()
    {
        Watch(_plug.Connection, _plug.ConnectionSlot);
        bool shrank = !_device.TryTakeFiles();
        if (shrank || !_device.TryRestore())
        {
            HangUp();
            _record->Shrank = shrank ? 1u : 0;
            return;
        }
        Refresh();
    }

    /// <summary>Reads and carries out messages until none is there.</summary>
    private void Converse()
    {
        for (int i = 0; i < MessagesAtOnce; i++)
        {
            int wanted = _received < VhostHeader.Size ? VhostHeader.Size : VhostHeader.Size + _message.Length;
            if (_received < wanted)
            {
                int received = DescriptorMessages.Receive(_connection, new Span<byte>(_message.Bytes + _received, wanted - _received),
                    _message.FreeDescriptors, out int count);
                _message.Came(count);
                if (received is -Errno.EAGAIN or -Errno.EINTR)
                {
                    return;
                }
                if (received <= 0)
                {
                    HangUp();
                    return;
                }
                _received += received;
                if (_received == VhostHeader.Size && !IsSound(in _message.Header))
                {
                    HangUp();
                    return;
                }
            }
            if (_received >= VhostHeader.Size && _received == VhostHeader.Size + _message.Length && !TryCarryOut())
            {
                return;
            }
        }
        // Others have their turn; the edge is asked for again.
        _lane.Readiness.Rewatch(_connection, new ReadyToken(_target, _generation, ConnectionIndex), ConnectionInterest);
    }

    private static bool IsSound(in VhostHeader header) =>
        header.Length <= VhostMessage.MaxPayload && (header.Flags & VhostHeader.VersionMask) == VhostHeader.Version;

    /// <summary>Carries out the message that is there whole. False when that was the end.</summary>
    private bool TryCarryOut()
    {
        _received = 0;
        _record->Busy = 1;
        bool done = _device.Handle(_message) && _message.DescriptorCount == 0;
        bool mayGoOn = Reply(done);
        _record->Busy = 0;
        if (!mayGoOn)
        {
            HangUp();
            return false;
        }
        _message.Begin();
        Refresh();
        HideFromThoseWhoCannotBeTold();
        return _connection >= 0;
    }

    private bool Reply(bool done)
    {
        ref VhostHeader header = ref _message.Header;
        bool isAsked = (header.Flags & VhostHeader.NeedsReply) != 0 && _device.AcknowledgesRequests;
        if (!done || _message.AnswerLength < 0)
        {
            if (!isAsked)
            {
                return done;
            }
            _message.Answer(done ? 0UL : 1UL);
        }
        header.Flags = VhostHeader.Version | VhostHeader.IsReply;
        header.Length = (uint)_message.AnswerLength;
        int size = VhostHeader.Size + _message.AnswerLength;
        return DescriptorMessages.Send(_connection, new ReadOnlySpan<byte>(_message.Bytes, size), []) == size;
    }

    /// <summary>Tells the driver, by its front end, to read the configuration again: the link came or went.</summary>
    private void TellConfiguration()
    {
        if (!_device.TellsConfiguration)
        {
            return;
        }
        VhostHeader header = new() { Request = ConfigurationChanged, Flags = VhostHeader.Version };
        DescriptorMessages.Send(_device.Backend, new ReadOnlySpan<byte>(&header, VhostHeader.Size), []);
    }

    private void HangUp()
    {
        int connection = _connection;
        int slot = _connectionSlot;
        _connection = _connectionSlot = -1;
        _isLying = false;
        _message.Begin();
        _device.Forget();
        _owner.Connected(-1, -1);
        _owner.End(connection, slot);
        Refresh();
        if (_plug.Dials && !_isHidden)
        {
            _nextDeadline = _lane.Now + RedialPause;
        }
    }
}
