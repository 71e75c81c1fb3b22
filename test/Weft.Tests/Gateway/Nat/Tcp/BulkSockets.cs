using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>A host side that connects at once, takes everything and gives up to 60,000 bytes per acknowledgement.</summary>
internal sealed unsafe class BulkSockets : IHostSockets
{
    private const int Portion = 60_000;
    private const int Again = -11;

    private int _offset;

    public long Sent { get; private set; }

    public long Discarded { get; private set; }

    public bool HasData { get; set; }

    public int OpenTcp(IpAddress source) => 3;

    public int Connect(int socket, HostEnd to) => 0;

    public int Listen(HostEnd at, bool udp) => -1;

    public int Accept(int listener, out HostEnd peer)
    {
        peer = default;
        return Again;
    }

    public int Admit(int socket, out HostEnd peer)
    {
        peer = default;
        return -1;
    }

    public long Send(int socket, IoVec* runs, int count)
    {
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            bytes += (long)runs[i].Length;
        }
        Sent += bytes;
        return bytes;
    }

    public long Peek(int socket, IoVec* runs, int count)
    {
        int bytes = Math.Min(HasData ? Portion - _offset : 0, (int)runs[0].Length);
        _offset += bytes;
        return bytes > 0 ? bytes : Again;
    }

    public int SetPeekOffset(int socket, int offset)
    {
        _offset = offset;
        return 0;
    }

    public long Discard(int socket, int bytes)
    {
        _offset -= bytes;
        Discarded += bytes;
        return bytes;
    }

    public int Room(int socket) => 1 << 20;

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

    public int OpenUdp(IpAddress source) => -1;

    public int OpenPing(bool v6, ushort identifier) => -1;

    public long SendTo(int socket, IoVec* runs, int count, HostEnd to, byte timeToLive) => -1;

    public long ReceiveFrom(int socket, byte* to, int length, out HostEnd from)
    {
        from = default;
        return Again;
    }

    public long ReceiveError(int socket, byte* to, int length, out IcmpErrorReport report)
    {
        report = default;
        return Again;
    }
}
