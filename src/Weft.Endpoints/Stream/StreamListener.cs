using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Wire;

namespace Weft.Endpoints.Stream;

/// <summary>
/// Theory. A lane's listener of a stream, of one NIC or of several. A NIC alone gets whoever connects, the newest in place of
/// the older. Where several share the place, as they would the QEMU of <c>-netdev socket,listen=</c>, whoever connects is known
/// by the source MAC of its first frame:
///   accepted → waits, its bytes only peeked at → the NIC with that MAC reads the connection from its first byte
/// A guest that has said nothing yet waits as long as it likes; when more than <see cref="MaxCallers"/> wait, the one that does
/// so longest is ended. Who is none of these NICs is ended and counted at the first of them; whose NIC is on another lane goes there.
/// Connections are accepted by the keeper, since a hypervisor need not come again when it is reset: only newer ones can be told
/// to. Over a unix socket only its owner and root may connect; whoever reaches a TCP port may.
/// </summary>
public sealed unsafe class StreamListener : IReadyTarget, IDeadlines
{
    public const int MaxCallers = 64;

    private const uint ListenerIndex = 0;
    private const int HeaderSize = StreamEndpoint.LengthSize + 2 * MacAddress.Size;

    private readonly Lane _lane;
    private readonly IConnectionKeeper _keeper;
    private readonly StreamSharers _sharers;
    private readonly int _listener;
    private readonly KeptListener _kept;
    private readonly ushort _target;
    private readonly List<StreamEndpoint> _members = [];
    private readonly List<Caller> _callers = [];
    private uint _lastNumber = ListenerIndex;

    /// <param name="listener">Non-blocking, listening; it stays its owner's.</param>
    /// <param name="slot">Where the keeper has it; −1: nowhere.</param>
    public StreamListener(Lane lane, IConnectionKeeper keeper, StreamSharers sharers, int listener, int slot)
    {
        _lane = lane;
        _keeper = keeper;
        _sharers = sharers;
        _listener = listener;
        _kept = new KeptListener(lane, keeper, listener, slot, Take);
        _target = lane.Register(this);
        lane.Add((IDeadlines)this);
    }

    /// <summary>Its last NIC has left, and it the lane.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Connections whose first frame has not come.</summary>
    public int Callers => _callers.Count;

    public long NextDeadline => _kept.NextDeadline;

    /// <summary>One NIC more; with the first it begins to watch. 0 or a negated errno.</summary>
    public int Add(StreamEndpoint endpoint)
    {
        _members.Add(endpoint);
        _sharers.Add(endpoint, this);
        return _members.Count > 1 ? 0 : _lane.Readiness.Watch(_listener, new ReadyToken(_target, 0, ListenerIndex), Ready.Read);
    }

    /// <summary>One NIC less. After the last nobody is listened to; whoever still waits is ended.</summary>
    public void Remove(StreamEndpoint endpoint)
    {
        _sharers.Remove(endpoint);
        if (!_members.Remove(endpoint) || _members.Count > 0)
        {
            return;
        }
        IsOver = true;
        _kept.Close();
        _lane.Readiness.Unwatch(_listener);
        _lane.Remove((IDeadlines)this);
        _lane.Unregister(_target);
        while (_callers.Count > 0)
        {
            End(_callers[^1]);
        }
    }

    /// <summary>A connection that was accepted in an earlier life and never given to a NIC; it does not push out a newer one.</summary>
    public void TakeUp(int socket, int slot) => Hear(socket, slot, isOld: true);

    public void OnDeadline(long now) => _kept.Accept();

    public void OnReady(ReadyToken token, Ready what)
    {
        if (token.Index == ListenerIndex)
        {
            _kept.Accept();
        }
        else if (_callers.Find(c => c.Number == token.Index) is { } caller && !IsDecided(caller) &&
            (what & (Ready.PeerClosed | Ready.HangUp | Ready.Error)) != 0)
        {
            End(caller);
        }
    }

    private void Take(int socket, int slot)
    {
        if (!_sharers.IsTcp && !UnixSockets.IsOwnerOrRoot(socket))
        {
            _keeper.End(socket, slot);
        }
        else if (_sharers.Count == 1)
        {
            _members[0].Take(socket, slot);
        }
        else
        {
            Hear(socket, slot, isOld: false);
        }
    }

    private void Hear(int socket, int slot, bool isOld)
    {
        if (IsOver)
        {
            _keeper.End(socket, slot);
            return;
        }
        if (_callers.Count == MaxCallers)
        {
            End(_callers[0]);
        }
        Caller caller = new(++_lastNumber, socket, slot, isOld);
        _callers.Add(caller);
        _lane.Readiness.Watch(socket, new ReadyToken(_target, 0, caller.Number), Ready.Read | Ready.PeerClosed);
    }

    /// <summary>True when its first frame has come, which decides about it.</summary>
    private bool IsDecided(Caller caller)
    {
        byte* header = stackalloc byte[HeaderSize];
        if (SocketCalls.Receive(caller.Socket, header, HeaderSize, SocketConstants.MessagePeek | SocketConstants.MessageDontWait) < HeaderSize)
        {
            return false;
        }
        if (!_sharers.TryFind(MacAddress.Read(header + StreamEndpoint.LengthSize + MacAddress.Size), out StreamEndpoint? endpoint, out StreamListener? listener))
        {
            _members[0].Refuse();
            End(caller);
        }
        else if (listener != this)
        {
            Forget(caller);
            listener._lane.Post(() => listener.Hear(caller.Socket, caller.Slot, caller.IsOld));
        }
        else if (caller.IsOld && endpoint.Connection >= 0)
        {
            End(caller);
        }
        else
        {
            Forget(caller);
            endpoint.Take(caller.Socket, caller.Slot);
        }
        return true;
    }

    private void End(Caller caller)
    {
        Forget(caller);
        _keeper.End(caller.Socket, caller.Slot);
    }

    private void Forget(Caller caller)
    {
        _callers.Remove(caller);
        _lane.Readiness.Unwatch(caller.Socket);
    }

    private sealed record Caller(uint Number, int Socket, int Slot, bool IsOld);
}
