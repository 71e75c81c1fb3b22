using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Gateway.Dns;

/// <summary>The host as the DNS forwarder sees it: UDP sockets, what they sent, what waits in them; and their readiness.</summary>
internal sealed unsafe class FakeUdpHost : IHostSockets, IReadiness
{
    private const int Again = -11;

    private readonly Dictionary<int, Socket> _sockets = [];
    private readonly List<ReadyEvent> _events = [];
    private int _next = 100;

    public List<Sent> Outgoing { get; } = [];

    /// <summary>What SendTo answers for an address instead of sending.</summary>
    public Dictionary<IpAddress, long> Unreachable { get; } = [];

    public int OpenCount => _sockets.Count;

    public bool RefuseOpen { get; set; }

    public int OpenUdp(IpAddress source)
    {
        if (RefuseOpen)
        {
            return -24;
        }
        _sockets[_next] = new Socket();
        return _next++;
    }

    public long SendTo(int socket, IoVec* runs, int count, HostEnd to, byte timeToLive)
    {
        if (Unreachable.TryGetValue(to.Address, out long error))
        {
            return error;
        }
        Assert.Equal(1, count);
        Outgoing.Add(new Sent(socket, to, new ReadOnlySpan<byte>(runs[0].Start, (int)runs[0].Length).ToArray()));
        return (long)runs[0].Length;
    }

    public long ReceiveFrom(int socket, byte* to, int length, out HostEnd from)
    {
        from = default;
        if (!_sockets[socket].Waiting.TryDequeue(out (HostEnd From, byte[] Bytes) datagram))
        {
            return Again;
        }
        from = datagram.From;
        datagram.Bytes.CopyTo(new Span<byte>(to, length));
        return datagram.Bytes.Length;
    }

    public long ReceiveError(int socket, byte* to, int length, out IcmpErrorReport report)
    {
        report = default;
        if (!_sockets[socket].Errors.TryDequeue(out (HostEnd About, byte[] Quote) error))
        {
            return Again;
        }
        report = new IcmpErrorReport(3, 3, 0, default, error.About);
        error.Quote.CopyTo(new Span<byte>(to, length));
        return error.Quote.Length;
    }

    public void Arrive(int socket, HostEnd from, byte[] bytes)
    {
        _sockets[socket].Waiting.Enqueue((from, bytes));
        _events.Add(new ReadyEvent(_sockets[socket].Token, Ready.Read));
    }

    public void Refuse(Sent query)
    {
        _sockets[query.Socket].Errors.Enqueue((query.To, query.Bytes));
        _events.Add(new ReadyEvent(_sockets[query.Socket].Token, Ready.Error));
    }

    public int Watch(int descriptor, ReadyToken token, Ready interest)
    {
        _sockets[descriptor].Token = token;
        return 0;
    }

    public int Rewatch(int descriptor, ReadyToken token, Ready interest)
    {
        _events.Add(new ReadyEvent(token, Ready.Read));
        return 0;
    }

    public void Unwatch(int descriptor)
    {
    }

    public void Close(int socket) => Assert.True(_sockets.Remove(socket));

    public int Wait(Span<ReadyEvent> events, long timeoutMicroseconds)
    {
        int count = Math.Min(events.Length, _events.Count);
        _events.GetRange(0, count).CopyTo(events);
        _events.RemoveRange(0, count);
        return count;
    }

    public void Wake()
    {
    }

    public int OpenTcp(IpAddress source) => throw new NotSupportedException();

    public int Connect(int socket, HostEnd to) => throw new NotSupportedException();

    public int Listen(HostEnd at, bool udp) => throw new NotSupportedException();

    public int Accept(int listener, out HostEnd peer) => throw new NotSupportedException();

    public int Admit(int socket, out HostEnd peer) => throw new NotSupportedException();

    public long Send(int socket, IoVec* runs, int count) => throw new NotSupportedException();

    public long Peek(int socket, IoVec* runs, int count) => throw new NotSupportedException();

    public int SetPeekOffset(int socket, int offset) => throw new NotSupportedException();

    public long Discard(int socket, int bytes) => throw new NotSupportedException();

    public int Room(int socket) => throw new NotSupportedException();

    public int ShutdownWrite(int socket) => throw new NotSupportedException();

    public int Abort(int socket) => throw new NotSupportedException();

    public bool TryReadState(int socket, out TcpSocketState state) => throw new NotSupportedException();

    public int TakeError(int socket) => throw new NotSupportedException();

    public HostEnd LocalEnd(int socket) => throw new NotSupportedException();

    public int OpenPing(bool v6, ushort identifier) => throw new NotSupportedException();

    internal sealed record Sent(int Socket, HostEnd To, byte[] Bytes)
    {
        public ushort Id => (ushort)(Bytes[0] << 8 | Bytes[1]);
    }

    private sealed class Socket
    {
        public Queue<(HostEnd From, byte[] Bytes)> Waiting { get; } = [];

        public Queue<(HostEnd About, byte[] Quote)> Errors { get; } = [];

        public ReadyToken Token { get; set; }
    }
}
