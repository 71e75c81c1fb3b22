using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Wire;

namespace Weft.Endpoints.Stream;

/// <summary>
/// Theory. QEMU's stream of frames (-netdev stream, and socket before it): a length of 4 bytes, big endian, and the frame, over
/// a unix or a TCP connection. We listen, or dial and dial again. One hypervisor at a time, the newest wins, and the carrier
/// follows it. The way of a frame:
///   out of the guest   StreamEndpoint.Receive.cs      from the ring (ReceiveRing) that the bytes were received into
///   into the guest     StreamEndpoint.Deliver.cs      written from where it lies, when it surely fits (SendJournal)
///   connection         StreamEndpoint.Connection.cs   brought by the listener (StreamListener) or dialled; the end
/// A stream has no place to begin anew: whatever ends a worker, the next one goes on at the byte where the kernel stands, or
/// ends the connection and counts it. A peer that lies about a length is disconnected; it may come again.
/// </summary>
public sealed unsafe partial class StreamEndpoint : IEndpoint, IReadyTarget, IDeadlines
{
    internal const int LengthSize = 4;

    /// <summary>QEMU's own limit is NET_BUFSIZE, 69,632.</summary>
    internal const int MaxFrame = 65_550;

    private const int EthernetSize = 14;

    private readonly Port _port;
    private readonly Lane _lane;
    private readonly IStreamOwner _owner;
    private readonly StreamPlug _plug;
    private readonly StreamRecord* _record;
    private readonly bool _isTcp;
    private readonly ReceiveRing _ring;
    private readonly SendJournal _journal;
    private readonly ushort _target;

    public StreamEndpoint(Port port, StreamPlug plug, IStreamOwner owner)
    {
        _port = port;
        _lane = port.Lane;
        _owner = owner;
        _plug = plug;
        _isTcp = plug.Place.Path is null;
        _record = StreamRecord.Of(plug.Region);
        StreamRecord.TouchPages(_record);
        _ring = new ReceiveRing(_record, _isTcp);
        _journal = new SendJournal(_record);
        _target = _lane.Register(this);
        _lane.Add((IDeadlines)this);
        PrepareDeliver();
    }

    public EndpointCaps Caps => new(MaxFrame, EndpointOffloads.None);

    /// <summary>The open connection; −1 for none.</summary>
    public int Connection => _connection;

    public int ConnectionSlot => _connectionSlot;

    internal MacAddress Mac => _plug.Mac;

    /// <summary>Frames of an earlier life that are lent again.</summary>
    public int Replayed { get; private set; }

    /// <summary>For a port that is new: nothing of what another one left in its memory counts.</summary>
    public static void Clear(ReceiveRegion* region) => StreamRecord.Clear(StreamRecord.Of(region));

    /// <summary>Begins to watch, with the connection of an earlier life when there was one; the endpoint is in its port by now.
    /// 0 or a negated errno.</summary>
    public int Start()
    {
        TakeOver();
        if (_plug.Listener is { } listener)
        {
            return listener.Add(this);
        }
        if (_connection < 0)
        {
            _dialAt = _lane.Now;
        }
        return 0;
    }

    public void OnReady(ReadyToken token, Ready what)
    {
        if (token.Index == DialIndex)
        {
            Dialled();
        }
        else if (token.Generation == _generation && _connection >= 0)
        {
            ConnectionReady(what);
        }
    }

    /// <summary>Leaves the lane. Listener and connection stay open: their owner ends them, or the next worker uses them.</summary>
    public void Dispose()
    {
        _isOver = true;
        _plug.Listener?.Remove(this);
        _lane.Remove((IDeadlines)this);
        StopDialling();
        if (_connection >= 0)
        {
            _lane.Readiness.Unwatch(_connection);
        }
        _lane.Unregister(_target);
        _ring.Dispose();
        FreeDeliver();
    }

    private void ConnectionReady(Ready what)
    {
        if ((what & Engine.Ready.Write) != 0)
        {
            WritableAgain();
        }
        if ((what & ~Engine.Ready.Write) != 0)
        {
            _port.Ready();
        }
    }
}
