using Weft.Engine;
using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Gateway.Nat.Forwards;

/// <summary>
/// Theory. A listener on the host whose connections are called through to a guest. A client keeps its address toward the
/// guest; one on the host's loopback becomes the gateway's, since the guest could not answer 127.0.0.1.
/// The keeper accepts (<see cref="IDescriptorKeeper.AskAccept"/>), so that a client outlives the worker from its first moment:
///   listener readable → question at the end of the turn → connections with their slots → the guest is called
/// Without a keeper, or with one that does not hold the listener, the forward accepts itself, a bounded number per event.
/// When no descriptor is left, accepting rests for a while instead of spinning on a listener that stays readable; clients
/// wait in its queue.
/// </summary>
internal sealed class TcpForward : IReadyTarget, IAcceptTarget, IDeadlines, IDisposable
{
    private const int AcceptsPerEvent = 64;
    private const long Rest = 100_000;

    private readonly Lane _lane;
    private readonly HostSide _host;
    private readonly IGuestCalls _guests;
    private readonly ForwardRecord _record;
    private readonly int _listener;
    private readonly ushort _target;
    private bool _asked;
    private bool _moreCame;
    private bool _isOver;

    public TcpForward(Lane lane, HostSide host, IGuestCalls guests, in ForwardRecord record, int listener)
    {
        _lane = lane;
        _host = host;
        _guests = guests;
        _record = record;
        _listener = listener;
        _target = lane.Register(this);
        lane.Add((IDeadlines)this);
        lane.Readiness.Watch(listener, new ReadyToken(_target, 0, 0), Ready.Read);
    }

    public long NextDeadline { get; private set; } = long.MaxValue;

    public int ListenerSlot => _isOver ? -1 : _record.ListenerSlot;

    public void OnReady(ReadyToken token, Ready what) => Accept();

    public void OnDeadline(long now)
    {
        NextDeadline = long.MaxValue;
        Accept();
    }

    public void OnAccepted(int socket, int slot)
    {
        if (_isOver || _host.Sockets.Admit(socket, out HostEnd client) < 0)
        {
            _host.Kept.End(socket, slot, abort: true);
            return;
        }
        Call(socket, slot, client);
    }

    public void OnAcceptEnd(int result)
    {
        _asked = false;
        switch (result)
        {
            case 0 or AcceptError.KeeperGone:
            case AcceptError.NoneWaits when _moreCame:
                Accept();
                break;
            case AcceptError.NoneWaits:
                break;
            case AcceptError.NotHeld:
                AcceptAlone();
                break;
            default:
                TakeRest(result);
                break;
        }
    }

    /// <summary>A predecessor was killed before it took this connection up: it came to this forward, and nobody has read from it.</summary>
    public bool TryTakeUp(int socket, int slot)
    {
        HostEnd at = _host.Sockets.LocalEnd(socket);
        if (at.Port != _record.ListenPort || !(_record.Listen.IsUnspecified || at.Address == _record.Listen))
        {
            return false;
        }
        OnAccepted(socket, slot);
        return true;
    }

    public void Dispose()
    {
        _isOver = true;
        _lane.Unregister(_target);
        _lane.Remove((IDeadlines)this);
        _host.Kept.End(_listener, _record.ListenerSlot, abort: true);
    }

    private void Accept()
    {
        _moreCame = _asked;
        if (_isOver || _asked)
        {
            return;
        }
        _asked = _record.ListenerSlot >= 0 && _host.Keeper.AskAccept(this);
        if (!_asked)
        {
            AcceptAlone();
        }
    }

    private void AcceptAlone()
    {
        for (int i = 0; i < AcceptsPerEvent; i++)
        {
            HostEnd client = default;
            int socket = _host.Keeper.IsFull ? AcceptError.OutOfDescriptors : _host.Sockets.Accept(_listener, out client);
            if (socket == AcceptError.NoneWaits)
            {
                return;
            }
            if (socket < 0)
            {
                TakeRest(socket);
                return;
            }
            Call(socket, -1, client);
        }
        NextDeadline = _lane.Now;
    }

    /// <summary>Out of descriptors: later. A client that went away while it waited is no reason to wait.</summary>
    private void TakeRest(int error)
    {
        bool isOut = AcceptError.IsOutOfRoom(error);
        _guests.Refused(isOut ? DropReason.DescriptorLimit : DropReason.PeerGone);
        NextDeadline = isOut ? _lane.Now + Rest : _lane.Now;
    }

    private void Call(int socket, int slot, HostEnd client)
    {
        IpAddress guest = _record.Target;
        if (guest.IsNone && !_guests.TryAddressOf(_record.TargetGuest.ToString(), out guest))
        {
            _guests.Refused(DropReason.NoRoute);
            _host.Kept.End(socket, slot, abort: true);
            return;
        }
        _guests.Call(socket, slot, client, new HostEnd(guest, _record.TargetPort));
    }
}
