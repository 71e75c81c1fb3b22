using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Wire;

namespace Weft.Tests.Linux;

public sealed unsafe class HostSocketsDatagramTests
{
    private static readonly IpAddress Loopback = IpAddress.FromV4(0x7f000001);

    [Fact]
    public void DatagramsGoBothWaysWithTheirEnds()
    {
        using HostSockets sockets = new();
        int one = sockets.OpenUdp(Loopback);
        int other = sockets.Listen(new HostEnd(Loopback, 0), udp: true);
        byte* bytes = stackalloc byte[16];
        Assert.Equal(-Errno.EAGAIN, sockets.ReceiveFrom(one, bytes, 16, out _));
        "hello"u8.CopyTo(new Span<byte>(bytes, 16));
        IoVec run = new(bytes, 5);
        Assert.Equal(5, sockets.SendTo(one, &run, 1, sockets.LocalEnd(other), 7));
        Assert.Equal(5, sockets.ReceiveFrom(other, bytes, 16, out HostEnd from));
        Assert.Equal(sockets.LocalEnd(one), from);
        Assert.Equal(0, sockets.SendTo(other, &run, 0, from, 0));
        Assert.Equal(0, sockets.ReceiveFrom(one, bytes, 16, out from));
        Assert.Equal(sockets.LocalEnd(other), from);
        sockets.Close(one);
        sockets.Close(other);
    }

    [Fact]
    public void UnreachablePortComesBackWithTheDatagram()
    {
        using HostSockets sockets = new();
        int closed = sockets.OpenUdp(Loopback);
        HostEnd to = sockets.LocalEnd(closed);
        sockets.Close(closed);
        int socket = sockets.OpenUdp(Loopback);
        byte* bytes = stackalloc byte[64];
        Assert.Equal(-Errno.EAGAIN, sockets.ReceiveError(socket, bytes, 64, out _));
        "lost"u8.CopyTo(new Span<byte>(bytes, 16));
        IoVec run = new(bytes, 4);
        Assert.Equal(4, sockets.SendTo(socket, &run, 1, to, 0));
        byte* payload = stackalloc byte[64];
        long length = 0;
        IcmpErrorReport report = default;
        Eventually.True(() => (length = sockets.ReceiveError(socket, payload, 64, out report)) >= 0);
        Assert.Equal("lost"u8, new ReadOnlySpan<byte>(payload, (int)length));
        Assert.Equal(new IcmpErrorReport(3, 3, 0, Loopback, to), report);
        sockets.Close(socket);
    }

    [Requires("ping")]
    public void PingSocketsCarryTheirIdentifier()
    {
        using HostSockets sockets = new();
        int socket = sockets.OpenPing(v6: false, 4711);
        byte* bytes = stackalloc byte[64];
        new Span<byte>(bytes, 64).Clear();
        bytes[0] = 8;
        bytes[7] = 3;
        IoVec run = new(bytes, 12);
        Assert.Equal(12, sockets.SendTo(socket, &run, 1, new HostEnd(Loopback, 0), 64));
        byte* reply = stackalloc byte[64];
        Eventually.True(() => sockets.ReceiveFrom(socket, reply, 64, out _) == 12);
        Assert.Equal(0, reply[0]);
        Assert.Equal(4711, (reply[4] << 8) | reply[5]);
        Assert.Equal(3, reply[7]);
        sockets.Close(socket);
    }
}
