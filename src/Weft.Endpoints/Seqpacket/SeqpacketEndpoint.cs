using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Messages;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Endpoints.Seqpacket;

/// <summary>
/// Theory. A unix SOCK_SEQPACKET listener, one frame per message (User-Mode Linux: transport=bess). One connection at a time:
/// a hypervisor that starts anew takes the place of the one that hung, and the carrier follows the connection.
///   connection   this file: listen, accept, who may, the end
///   receive      SeqpacketEndpoint.Receive.cs
///   deliver      SeqpacketEndpoint.Deliver.cs
/// Only the socket's owner and root may connect. The file is 0600 too, but a descriptor may be passed on.
/// A peer can do no more than fill its own port's slots; every message longer or shorter than a frame is counted and gone.
/// </summary>
public sealed partial class SeqpacketEndpoint : IEndpoint, IReadyTarget
{
    private const int EthernetSize = 14;
    private const int WantedSendBuffer = 1 << 20;
    private const uint ListenerIndex = 0;
    private const uint ConnectionIndex = 1;
    private const Ready ConnectionInterest = Engine.Ready.Read | Engine.Ready.PeerClosed;

    private readonly Port _port;
    private readonly ReceiveArena _arena;
    private readonly IConnectionOwner _owner;
    private readonly int _listener;
    private readonly int _maxFrame;
    private readonly int _adopted;
    private readonly ushort _target;
    private int _connection = -1;
    private ushort _generation;
    private bool _peerClosed;

    /// <param name="arena">Of the shape <see cref="ReceiveShape.Messages"/> for the plug's longest frame.</param>
    public SeqpacketEndpoint(Port port, ReceiveArena arena, SeqpacketPlug plug, IConnectionOwner owner)
    {
        _port = port;
        _arena = arena;
        _owner = owner;
        _listener = plug.Listener;
        _maxFrame = plug.MaxFrame;
        _target = port.Lane.Register(this);
        _incoming = new IncomingMessages(arena, withSenders: false);
        _outgoing = new OutgoingMessages(_maxFrame);
        _frameCost = MessageCost.Of(_maxFrame);
        _adopted = plug.Connection;
    }

    public EndpointCaps Caps => new(_maxFrame, EndpointOffloads.None);

    /// <summary>The open connection; −1 for none.</summary>
    public int Connection => _connection;

    /// <summary>Begins to watch, with the connection of an earlier life when there was one; the endpoint is in its port by now.
    /// 0 or a negated errno.</summary>
    public int Start()
    {
        if (_adopted >= 0)
        {
            Use(_adopted);
        }
        int result = _port.Lane.Readiness.Watch(_listener, new ReadyToken(_target, 0, ListenerIndex), Engine.Ready.Read);
        if (_arena.Pending > 0)
        {
            _port.Ready();
        }
        return result;
    }

    public void OnReady(ReadyToken token, Ready what)
    {
        if (token.Index == ListenerIndex)
        {
            AcceptAll();
            return;
        }
        if (token.Generation != _generation || _connection < 0)
        {
            return;
        }
        if ((what & Engine.Ready.Write) != 0)
        {
            WritableAgain();
        }
        if ((what & ~Engine.Ready.Write) != 0)
        {
            _peerClosed |= (what & (Engine.Ready.PeerClosed | Engine.Ready.HangUp | Engine.Ready.Error)) != 0;
            _port.Ready();
        }
    }

    public void Release(Burst burst) => _arena.Release();

    /// <summary>Leaves the lane. Listener and connection stay open: their owner ends them.</summary>
    public void Dispose()
    {
        _port.Lane.Readiness.Unwatch(_listener);
        if (_connection >= 0)
        {
            _port.Lane.Readiness.Unwatch(_connection);
        }
        _port.Lane.Unregister(_target);
        _incoming.Dispose();
        _outgoing.Dispose();
    }

    private ReadyToken ConnectionToken => new(_target, _generation, ConnectionIndex);

    /// <summary>The newest connection wins.</summary>
    private void AcceptAll()
    {
        int accepted;
        while ((accepted = SocketCalls.Accept(_listener)) >= 0)
        {
            if (!UnixSockets.IsOwnerOrRoot(accepted))
            {
                FileCalls.Close(accepted);
                continue;
            }
            if (_connection >= 0)
            {
                Disconnect();
            }
            _owner.Connected(accepted);
            Use(accepted);
        }
    }

    private void Use(int connection)
    {
        SocketCalls.SetOption(connection, SocketConstants.LevelSocket, SocketConstants.SendBuffer, WantedSendBuffer);
        _connection = connection;
        _generation++;
        _peerClosed = false;
        BeginDeliver();
        if (_port.Lane.Readiness.Watch(connection, ConnectionToken, ConnectionInterest) < 0)
        {
            Disconnect();
            return;
        }
        _port.CarrierChanged(true);
        _port.Ready();
    }

    private void Disconnect()
    {
        int connection = _connection;
        _connection = -1;
        _port.Lane.Readiness.Unwatch(connection);
        _owner.Disconnected(connection);
        _port.CarrierChanged(false);
    }
}
