using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat;

/// <summary>Datagram sockets that allocate nothing: every datagram sent waits as its own answer. For tests that count bytes.</summary>
internal sealed unsafe class QuietSockets : IHostSockets
{
    private const int Again = -11;
    private const int AnswerSize = 64;

    private int _next = 10;
    private int _waiting;
    private HostEnd _peer;
    private readonly byte[] _answer = new byte[AnswerSize];

    public int Sent { get; private set; }

    public int OpenTcp(IpAddress source) => -1;

    public int Connect(int socket, HostEnd to) => -1;

    public int Listen(HostEnd at, bool udp) => -1;

    public int Accept(int listener, out HostEnd peer)
    {
        peer = default;
        return -1;
    }

    public int Admit(int socket, out HostEnd peer)
    {
        peer = default;
        return -1;
    }

    public long Send(int socket, IoVec* runs, int count) => -1;

    public long Peek(int socket, IoVec* runs, int count) => -1;

    public int SetPeekOffset(int socket, int offset) => -1;

    public long Discard(int socket, int bytes) => -1;

    public int Room(int socket) => 0;

    public int ShutdownWrite(int socket) => 0;

    public int Abort(int socket) => 0;

    public void Close(int socket)
    {
    }

    public bool TryReadState(int socket, out TcpSocketState state)
    {
        state = default;
        return false;
    }

    public int TakeError(int socket) => 0;

    public HostEnd LocalEnd(int socket) => default;

    public int OpenUdp(IpAddress source) => _next++;

    public int OpenPing(bool v6, ushort identifier) => _next++;

    public long SendTo(int socket, IoVec* runs, int count, HostEnd to, byte timeToLive)
    {
        Sent++;
        _peer = to;
        _waiting++;
        return 0;
    }

    public long ReceiveFrom(int socket, byte* to, int length, out HostEnd from)
    {
        from = _peer;
        if (_waiting == 0)
        {
            return Again;
        }
        _waiting--;
        _answer.CopyTo(new Span<byte>(to, length));
        return AnswerSize;
    }

    public long ReceiveError(int socket, byte* to, int length, out IcmpErrorReport report)
    {
        report = default;
        return Again;
    }
}
