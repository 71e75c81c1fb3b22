using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Messages;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Endpoints.Dgram;

/// <summary>
/// Theory. QEMU's datagrams (-netdev dgram, and socket,udp before it): one frame each, between two unix sockets or two UDP ports.
/// Nobody says hello or goodbye, so the carrier is a guess:
///   unix   up while somebody is bound to the other path. A socket of our own is connected to it for sending, tried again and again
///          until there is one: connected, the kernel tells when a full queue has room again. The one that we are bound by is
///          never connected, or a hypervisor that starts anew at the same path could not send to it
///   UDP    up from the first datagram of the other end on. What comes from anybody else is counted and gone
/// Frames in: DgramEndpoint.Receive.cs; out: DgramEndpoint.Deliver.cs. Only our bound socket is kept for the next worker.
/// </summary>
public sealed unsafe partial class DgramEndpoint : IEndpoint, IReadyTarget, IDeadlines
{
    private const int EthernetSize = 14;
    private const uint SocketIndex = 0;
    private const uint SenderIndex = 1;
    private const long RedialPause = 200_000;

    /// <summary>The same while the peer can be heard.</summary>
    private const long HeardPause = 10_000;

    private readonly Port _port;
    private readonly Lane _lane;
    private readonly ReceiveArena _arena;
    private readonly DgramPlug _plug;
    private readonly ushort _target;
    private readonly bool _isUdp;
    private readonly int _socket;
    private int _sender = -1;
    private long _dialledAt;
    private ushort _generation;

    /// <param name="arena">Of the shape <see cref="ReceiveShape.Messages"/> for <see cref="DgramPlug.MaxFrame"/>.</param>
    public DgramEndpoint(Port port, ReceiveArena arena, DgramPlug plug)
    {
        _port = port;
        _lane = port.Lane;
        _arena = arena;
        _plug = plug;
        _socket = plug.Socket;
        _isUdp = plug.Remote.Path is null;
        _target = _lane.Register(this);
        _lane.Add((IDeadlines)this);
        _incoming = new IncomingMessages(arena, withSenders: _isUdp);
        PrepareDeliver();
    }

    public EndpointCaps Caps => new(DgramPlug.MaxFrame, EndpointOffloads.None);

    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Begins to watch; the endpoint is in its port by now. 0 or a negated errno.</summary>
    public int Start()
    {
        int result = _lane.Readiness.Watch(_socket, new ReadyToken(_target, 0, SocketIndex), Engine.Ready.Read);
        if (_isUdp)
        {
            _sender = _socket;
            BeginDeliver();
            _port.CarrierChanged(_plug.IsAdopted);
        }
        else
        {
            Dial();
        }
        _port.Ready();
        return result;
    }

    public void OnDeadline(long now)
    {
        NextDeadline = long.MaxValue;
        if (_sender < 0)
        {
            Dial();
        }
    }

    public void OnReady(ReadyToken token, Ready what)
    {
        if ((what & Engine.Ready.Write) != 0 && (token.Index == SocketIndex || token.Generation == _generation))
        {
            WritableAgain();
        }
        if (token.Index == SocketIndex && (what & ~Engine.Ready.Write) != 0)
        {
            _port.Ready();
        }
    }

    public void Release(Burst burst) => _arena.Release();

    /// <summary>Leaves the lane. The bound socket stays open: its owner ends it.</summary>
    public void Dispose()
    {
        _lane.Remove((IDeadlines)this);
        _lane.Readiness.Unwatch(_socket);
        CloseSender();
        _lane.Unregister(_target);
        _incoming.Dispose();
        FreeDeliver();
    }

    /// <summary>Where our sending is watched, and by which token.</summary>
    private ReadyToken SenderToken => _isUdp ? new(_target, 0, SocketIndex) : new(_target, _generation, SenderIndex);

    private void Dial()
    {
        _dialledAt = _lane.Now;
        int sender = UnixSockets.Connect(_plug.Remote.Path!, SocketConstants.TypeDatagram | SocketConstants.NonBlocking);
        if (sender < 0)
        {
            NextDeadline = _lane.Now + RedialPause;
            return;
        }
        _sender = sender;
        _generation++;
        _lane.Readiness.Watch(sender, SenderToken, Engine.Ready.None);
        BeginDeliver();
        _port.CarrierChanged(true);
    }

    /// <summary>Nobody is at the other path any more.</summary>
    private void PeerWent()
    {
        if (!_hasGone || _sender < 0)
        {
            return;
        }
        CloseSender();
        _port.CarrierChanged(false);
        NextDeadline = _lane.Now + RedialPause;
    }

    private void CloseSender()
    {
        if (!_isUdp && _sender >= 0)
        {
            _lane.Readiness.Unwatch(_sender);
            FileCalls.Close(_sender);
        }
        _sender = -1;
    }
}
