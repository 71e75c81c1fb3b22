using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Simulation;

/// <summary>
/// Theory. The world around a gateway in virtual time: a host kernel's sockets, the programs that they talk to, a keeper, and a
/// worker that can be killed at any system call. How to use it:
/// <code>
/// var world = new SimulatedWorld();
/// world.Serve(end, () => new EchoPeer());            // TCP: EchoPeer, SinkPeer, SourcePeer, SlowReader, ResettingPeer, your own
/// world.ServeUdp(end, d => world.SendUdp(d.To, d.From, d.Payload));
/// SimulatedHost host = world.Start();                // Sockets, Readiness, Keeper, Ends, Seam of one worker
/// var lane = new Lane(host.Readiness, world.Time);
/// world.RunUntil(lane, () => done);                  // turns, in virtual time, until done or the limit
/// host.Seam.KillAfter(3);                            // the third call from now throws WorkerKilled, its effect stands
/// world.Kill(host);                                  // descriptors, epoll and unsent keeper messages are gone
/// SimulatedHost next = world.Start();                // next.Handed: descriptor by keeper slot (−1 = none)
/// KernelTcp c = world.Dial(from, to, new SinkPeer()) // somebody outside connects to a listener
/// </code>
/// An address that serves nothing refuses (RST, port unreachable); <see cref="Blackholes"/> swallow; <see cref="Unreachable"/>
/// answer with an ICMP error; <see cref="Hops"/> lie between host and address. Sockets left over: <see cref="LiveSockets"/>.
/// </summary>
internal sealed class SimulatedWorld
{
    private readonly Dictionary<HostEnd, Func<TcpPeer>> _servers = [];
    private readonly Dictionary<HostEnd, Action<Datagram>> _udpServers = [];
    private readonly Dictionary<HostEnd, KernelListener> _listeners = [];
    private readonly Dictionary<HostEnd, KernelDatagram> _bound = [];
    private readonly Dictionary<ushort, KernelDatagram> _pings = [];
    private readonly HashSet<KernelTcp> _connections = [];
    private readonly Dictionary<int, KernelSocket> _kept = [];
    private ushort _nextPort = 32_768;

    public VirtualTime Time { get; } = new();

    /// <summary>One way, in microseconds.</summary>
    public long Latency { get; set; } = 100;

    /// <summary>Most bytes that cross per latency and direction of a connection.</summary>
    public int RoundBytes { get; set; } = 128 * 1024;

    public int SendBuffer { get; set; } = 256 * 1024;

    public int ReceiveBuffer { get; set; } = 256 * 1024;

    /// <summary>The host's own address, source of what has no other.</summary>
    public IpAddress HostAddress { get; } = IpAddress.FromV4(0xc0000201);

    public HashSet<IpAddress> Blackholes { get; } = [];

    public HashSet<IpAddress> Unreachable { get; } = [];

    /// <summary>Addresses that answer pings.</summary>
    public HashSet<IpAddress> Pingable { get; } = [];

    /// <summary>Routers on the way, each taking one from the TTL; router n is 198.18.0.n.</summary>
    public Dictionary<IpAddress, int> Hops { get; } = [];

    /// <summary>Datagrams that left the host, newest last.</summary>
    public List<Datagram> Sent { get; } = [];

    /// <summary>No Wait goes beyond this time.</summary>
    public long StopAt { get; private set; } = long.MaxValue;

    public Dictionary<int, KernelSocket> Kept => _kept;

    public int LiveSockets => _connections.Count + _listeners.Count + _bound.Count + _pings.Count;

    public IEnumerable<KernelTcp> Connections => _connections;

    /// <summary>errno that a connect answers at once: no route, no port left.</summary>
    public Func<HostEnd, int> ConnectError { get; set; } = _ => 0;

    public SimulatedHost Start() => new(this);

    public void Serve(HostEnd at, Func<TcpPeer> peer) => _servers[at] = peer;

    public void ServeUdp(HostEnd at, Action<Datagram> server) => _udpServers[at] = server;

    public void ServeUdpEcho(HostEnd at) => ServeUdp(at, datagram => SendUdp(at, datagram.From, datagram.Payload));

    /// <summary>kill -9.</summary>
    public void Kill(SimulatedHost host) => host.Die();

    /// <summary>Turns the lane until <paramref name="done"/>; false when <paramref name="limit"/> microseconds passed or nothing can happen any more.</summary>
    public bool RunUntil(Lane lane, Func<bool> done, long limit = 10_000_000)
    {
        StopAt = Time.Now + limit;
        for (int quietTurns = 0; !done() && Time.Now < StopAt && quietTurns < 3; quietTurns++)
        {
            bool isQuiet = Time.NextEvent == long.MaxValue && lane.NextDeadline() == long.MaxValue;
            lane.Turn(mayWait: !isQuiet);
            quietTurns = isQuiet ? quietTurns : -1;
        }
        StopAt = long.MaxValue;
        return done();
    }

    /// <summary>A connection from outside to a listener of the host; null when nobody listens there.</summary>
    public KernelTcp? Dial(HostEnd from, HostEnd to, TcpPeer peer)
    {
        if (Find(_listeners, to) is not { } listener)
        {
            return null;
        }
        var connection = new KernelTcp(this);
        _connections.Add(connection);
        connection.Accepted(to, from, peer);
        listener.Arrive(connection);
        return connection;
    }

    /// <summary>A datagram from outside to a socket of the host.</summary>
    public void SendUdp(HostEnd from, HostEnd to, byte[] payload) =>
        Time.After(Latency, () => Find(_bound, to)?.Arrive(new Datagram(from, to, payload, 64)));

    /// <summary>An ICMP error from outside about a datagram that <paramref name="socket"/> sent.</summary>
    public void SendError(HostEnd socket, IcmpErrorReport report, byte[] payload) =>
        Time.After(Latency, () => Find(_bound, socket)?.ArriveError(report, payload));

    public KernelSocket? Open(bool udp, IpAddress source, ushort port = 0)
    {
        var local = new HostEnd(source, port == 0 ? FreePort() : port);
        if (!udp)
        {
            var connection = new KernelTcp(this) { Local = local };
            _connections.Add(connection);
            return connection;
        }
        if (_bound.ContainsKey(local))
        {
            return null;
        }
        return _bound[local] = new KernelDatagram(this, isPing: false) { Local = local, HasChosenPort = port != 0 };
    }

    public KernelDatagram? OpenPing(ushort identifier)
    {
        identifier = identifier == 0 ? FreePort() : identifier;
        if (_pings.ContainsKey(identifier))
        {
            return null;
        }
        return _pings[identifier] = new KernelDatagram(this, isPing: true) { Local = new HostEnd(HostAddress, identifier) };
    }

    public KernelListener? Listen(HostEnd at)
    {
        at = at.Port == 0 ? at with { Port = FreePort() } : at;
        if (_listeners.ContainsKey(at))
        {
            return null;
        }
        return _listeners[at] = new KernelListener(this, at) { Local = at };
    }

    public void Unlisten(KernelListener listener) => _listeners.Remove(listener.At);

    public void Forget(KernelTcp connection) => _connections.Remove(connection);

    public void Unbind(KernelDatagram socket)
    {
        if (socket.IsPing)
        {
            _pings.Remove(socket.Local.Port);
        }
        else
        {
            _bound.Remove(socket.Local);
        }
    }

    /// <summary>A SYN is under way.</summary>
    public void Arrive(KernelTcp connection, HostEnd to)
    {
        if (Blackholes.Contains(to.Address))
        {
            Time.After(130_000_000, () => RefuseWhileDialling(connection, Errno.TimedOut));
        }
        else if (Unreachable.Contains(to.Address))
        {
            Time.After(2 * Latency, () => RefuseWhileDialling(connection, Errno.HostUnreachable));
        }
        else if (_servers.TryGetValue(to, out Func<TcpPeer>? server))
        {
            Time.After(2 * Latency, () => EstablishWhileDialling(connection, server));
        }
        else
        {
            Time.After(2 * Latency, () => RefuseWhileDialling(connection, Errno.ConnectionRefused));
        }
    }

    /// <summary>A datagram has left <paramref name="socket"/>.</summary>
    public void Depart(KernelDatagram socket, Datagram datagram)
    {
        Sent.Add(datagram);
        IpAddress to = datagram.To.Address;
        if (Blackholes.Contains(to))
        {
            return;
        }
        if (Hops.TryGetValue(to, out int hops) && datagram.TimeToLive <= hops)
        {
            IpAddress router = IpAddress.FromV4(0xc6120000u + datagram.TimeToLive);
            Answer(socket, new IcmpErrorReport(11, 0, 0, router, datagram.To), datagram);
        }
        else if (Unreachable.Contains(to))
        {
            Answer(socket, new IcmpErrorReport(3, 1, 0, HostAddress, datagram.To), datagram);
        }
        else if (socket.IsPing)
        {
            Echo(socket, datagram);
        }
        else if (_udpServers.TryGetValue(datagram.To, out Action<Datagram>? server))
        {
            Time.After(Latency, () => server(Outward(datagram)));
        }
        else if (Find(_bound, datagram.To) is { } bound)
        {
            Time.After(Latency, () => bound.Arrive(datagram with { From = Outward(datagram).From }));
        }
        else
        {
            Answer(socket, new IcmpErrorReport(3, 3, 0, to, datagram.To), datagram);
        }
    }

    private static void RefuseWhileDialling(KernelTcp connection, int errno)
    {
        if (connection.State == KernelTcp.SynSent)
        {
            connection.Refuse(errno);
        }
    }

    private static void EstablishWhileDialling(KernelTcp connection, Func<TcpPeer> server)
    {
        if (connection.State == KernelTcp.SynSent)
        {
            connection.Establish(server());
        }
    }

    private Datagram Outward(Datagram datagram) =>
        datagram.From.Address.IsUnspecified ? datagram with { From = new HostEnd(SourceFor(datagram.To.Address), datagram.From.Port) } : datagram;

    private IpAddress SourceFor(IpAddress to) => to.IsLoopback ? to : HostAddress;

    private void Answer(KernelDatagram socket, IcmpErrorReport report, Datagram datagram) =>
        Time.After(2 * Latency, () => socket.ArriveError(report, datagram.Payload));

    private void Echo(KernelDatagram socket, Datagram request)
    {
        if (Pingable.Contains(request.To.Address))
        {
            byte[] reply = [0, .. request.Payload.AsSpan(1)];
            Time.After(2 * Latency, () => socket.Arrive(new Datagram(request.To with { Port = 0 }, request.From, reply, 64)));
        }
    }

    /// <summary>By exact address, or bound to any.</summary>
    private static T? Find<T>(Dictionary<HostEnd, T> table, HostEnd end)
        where T : class =>
        table.GetValueOrDefault(end) ?? table.GetValueOrDefault(end with { Address = default }) ??
        table.GetValueOrDefault(end with { Address = IpAddress.FromV4(0) });

    private ushort FreePort() => _nextPort = _nextPort == ushort.MaxValue ? (ushort)10_000 : (ushort)(_nextPort + 1);
}
