using Weft.Engine;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>The TCP of one guest: its connections by tuple; a segment that belongs to none is answered with a reset.</summary>
internal sealed class GuestStack(VirtualTime time, IpAddress address, Action<GuestSegment> transmit)
{
    private readonly Dictionary<(ushort Port, HostEnd Remote), GuestTcp> _connections = [];
    private readonly Dictionary<ushort, GuestOptions> _listeners = [];
    private ushort _nextPort = 40_000;
    private uint _nextIsn = 0xffff_f000;

    public VirtualTime Time => time;

    /// <summary>Everything that came, newest last; kept only while asked for.</summary>
    public List<GuestSegment>? Seen { get; set; }

    public int ResetsSent { get; private set; }

    /// <summary>Connections that came in to a listener.</summary>
    public List<GuestTcp> Accepted { get; } = [];

    public Action<GuestTcp>? OnAccept { get; set; }

    /// <summary>Things that a correct peer does not do.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Bytes beyond the window that are forgiven: one segment after a takeover.</summary>
    public int Forgiven { get; set; } = 1;

    public GuestTcp Dial(HostEnd to, GuestOptions? options = null, ushort port = 0)
    {
        port = port == 0 ? _nextPort++ : port;
        var connection = new GuestTcp(this, new HostEnd(address, port), to, options ?? GuestOptions.Usual, _nextIsn += 64_021);
        _connections[(port, to)] = connection;
        connection.Dial();
        return connection;
    }

    public void Listen(ushort port, GuestOptions? options = null) => _listeners[port] = options ?? GuestOptions.Usual;

    /// <summary>Reboot, or a program that vanished: nobody knows the connection any more.</summary>
    public void Forget(GuestTcp connection) => _connections.Remove((connection.Local.Port, connection.Remote));

    public GuestTcp? Find(HostEnd local, HostEnd remote) => _connections.GetValueOrDefault((local.Port, remote));

    public void Send(GuestSegment segment)
    {
        ResetsSent += segment.Is(GuestSegment.Rst) ? 1 : 0;
        transmit(segment);
    }

    public void Receive(GuestSegment segment)
    {
        Seen?.Add(segment);
        if (_connections.TryGetValue((segment.To.Port, segment.From), out GuestTcp? connection) && !connection.IsGone && connection.State != GuestTcpState.Closed)
        {
            connection.Receive(segment);
        }
        else if (segment.Is(GuestSegment.Syn) && !segment.Is(GuestSegment.Ack) && _listeners.TryGetValue(segment.To.Port, out GuestOptions? options))
        {
            connection = new GuestTcp(this, segment.To, segment.From, options, _nextIsn += 64_021);
            _connections[(segment.To.Port, segment.From)] = connection;
            Accepted.Add(connection);
            OnAccept?.Invoke(connection);
            connection.Answer(segment);
        }
        else if (!segment.Is(GuestSegment.Rst))
        {
            Refuse(segment);
        }
    }

    private void Refuse(GuestSegment segment)
    {
        bool hasAck = segment.Is(GuestSegment.Ack);
        Send(new GuestSegment
        {
            From = segment.To,
            To = segment.From,
            Seq = hasAck ? segment.AckNumber : 0,
            AckNumber = hasAck ? 0 : segment.End,
            Flags = hasAck ? GuestSegment.Rst : (byte)(GuestSegment.Rst | GuestSegment.Ack),
        });
    }
}
