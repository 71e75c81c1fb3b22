using System.Net.Sockets;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Wire;

namespace Weft.Tests.Linux;

public sealed class HostSocketsStreamTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PeeksGoOnFromTheOffsetAndDiscardMovesItBack(bool fallback)
    {
        using HostSockets sockets = new(fallback);
        using TcpPair pair = new(sockets);
        byte[] buffer = new byte[4];
        Assert.Equal(-Errno.EAGAIN, pair.Peek(buffer));
        pair.Peer.Send("0123456789"u8);
        Eventually.True(() => pair.State().InQueue == 10);

        Assert.Equal(4, pair.Peek(buffer));
        Assert.Equal("0123"u8, buffer);
        Assert.Equal(4, pair.Peek(buffer));
        Assert.Equal("4567"u8, buffer);
        Assert.Equal(6, sockets.Discard(pair.Ours, 6));
        Assert.Equal(2, pair.Peek(buffer));
        Assert.Equal("89"u8, buffer.AsSpan(0, 2));
        Assert.Equal(-Errno.EAGAIN, pair.Peek(buffer));
        Assert.Equal(0, sockets.SetPeekOffset(pair.Ours, 1));
        Assert.Equal(3, pair.Peek(buffer));
        Assert.Equal("789"u8, buffer.AsSpan(0, 3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheEndIsSeenBehindWhatIsNotYetConsumed(bool fallback)
    {
        using HostSockets sockets = new(fallback);
        using TcpPair pair = new(sockets);
        byte[] buffer = new byte[16];
        pair.Peer.Send("abc"u8);
        Eventually.True(() => pair.Peek(buffer) == 3);
        Assert.Equal(-Errno.EAGAIN, pair.Peek(buffer));
        pair.Peer.Shutdown(SocketShutdown.Send);
        Eventually.True(() => pair.Peek(buffer) == 0);
        Assert.Equal(3, sockets.Discard(pair.Ours, 100));
        Assert.Equal(0, pair.Peek(buffer));
    }

    [Fact]
    public void APeerThatWaitsForTheAcknowledgementOfASmallWriteDoesNotWaitForATimer()
    {
        using HostSockets sockets = new();
        using TcpPair pair = new(sockets);
        int waited = 0;
        for (int i = 0; i < 90; i++)
        {
            // After a large write the kernel holds the acknowledgement of the second small one (tcp_measure_rcv_mss).
            byte[] buffer = new byte[i % 3 == 0 ? 4096 : 1024];
            pair.Peer.Send(buffer);
            Eventually.True(() => pair.Peek(buffer) == buffer.Length);
            Assert.Equal(buffer.Length, sockets.Discard(pair.Ours, buffer.Length));
            sockets.AcknowledgeNow(pair.Ours);
            waited += pair.BytesOutOfPeer() > 0 ? 1 : 0;
        }
        // The loopback carries an acknowledgement within the call that sends it.
        Assert.InRange(waited, 0, 2);
    }

    [Fact]
    public void BytesTakenAndConsumedAreDerivedFromTheSocket()
    {
        using HostSockets sockets = new();
        using TcpPair pair = new(sockets);
        pair.Peer.ReceiveBufferSize = 4096;
        byte[] data = new byte[100_000];
        long accepted = 0;
        for (long sent; (sent = pair.Send(data)) > 0;)
        {
            accepted += sent;
        }
        pair.Peer.Send(new byte[1000]);
        Eventually.True(() => pair.State().InQueue == 1000);
        Assert.Equal(300, sockets.Discard(pair.Ours, 300));

        TcpSocketState state = pair.State();
        Assert.Equal(1, state.State);
        Assert.Equal((ulong)accepted, state.BytesAcked + (ulong)state.OutQueue - 1);
        Assert.Equal(300UL, state.BytesReceived - (ulong)state.InQueue);
        Assert.InRange(sockets.Room(pair.Ours), 0, 1 << 20);
    }

    [Fact]
    public void RoomShrinksAsTheSocketFillsAndIsCapped()
    {
        using HostSockets sockets = new();
        using TcpPair pair = new(sockets);
        int empty = sockets.Room(pair.Ours);
        Assert.InRange(empty, 10_000, 1 << 20);
        while (pair.Send(new byte[65536]) > 0)
        {
        }
        Assert.True(sockets.Room(pair.Ours) < empty / 2);
    }

    [Fact]
    public void AbortResetsHoweverManyHoldTheDescriptor()
    {
        using HostSockets sockets = new();
        using TcpPair pair = new(sockets);
        int kept = FileCalls.Duplicate(pair.Ours);
        Assert.Equal(0, sockets.Abort(pair.Ours));
        SocketException error = Assert.Throws<SocketException>(() => pair.Peer.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        Assert.Equal(7, pair.State().State);
        FileCalls.Close(kept);
    }

    [Fact]
    public void ListenersAcceptPreparedSocketsAndEndByAbort()
    {
        using HostSockets sockets = new();
        HostEnd any = new(IpAddress.FromV4(0x7f000001), 0);
        int listener = sockets.Listen(any, udp: false);
        HostEnd at = sockets.LocalEnd(listener);
        Assert.Equal(-Errno.EAGAIN, sockets.Accept(listener, out _));
        Assert.Equal(-Errno.EADDRINUSE, sockets.Listen(at, udp: false));

        int client = sockets.OpenTcp(IpAddress.FromV4(0x7f000001));
        Assert.Contains(sockets.Connect(client, at), (int[])[0, -Errno.EINPROGRESS]);
        int accepted = 0;
        HostEnd peer = default;
        Eventually.True(() => (accepted = sockets.Accept(listener, out peer)) >= 0);
        Assert.Equal(sockets.LocalEnd(client), peer);
        Assert.Equal(1, SocketCalls.GetOption(accepted, SocketConstants.LevelTcp, SocketConstants.NoDelay));
        Assert.Equal(1, SocketCalls.GetOption(accepted, SocketConstants.LevelSocket, SocketConstants.UrgentInline));

        int kept = FileCalls.Duplicate(listener);
        Assert.Equal(0, sockets.Abort(listener));
        int late = sockets.OpenTcp(default);
        Eventually.True(() => sockets.Connect(late, at) is not 0, "refusal");
        Eventually.True(() => sockets.TakeError(late) is Errno.ECONNREFUSED or 0);
        foreach (int socket in (int[])[kept, listener, client, accepted, late])
        {
            sockets.Close(socket);
        }
    }

    [Fact]
    public void RefusalIsTakenOnce()
    {
        using HostSockets sockets = new();
        int listener = sockets.Listen(new HostEnd(IpAddress.FromV4(0x7f000001), 0), udp: false);
        HostEnd gone = sockets.LocalEnd(listener);
        sockets.Close(listener);
        int socket = sockets.OpenTcp(default);
        int result = sockets.Connect(socket, gone);
        Assert.Contains(result, (int[])[-Errno.EINPROGRESS, -Errno.ECONNREFUSED]);
        Eventually.True(() => result == -Errno.ECONNREFUSED || sockets.TakeError(socket) == Errno.ECONNREFUSED);
        Assert.Equal(0, sockets.TakeError(socket));
        sockets.Close(socket);
        Assert.False(sockets.TryReadState(socket, out _));
    }

    [Fact]
    public void UrgentBytesStayInTheStream()
    {
        using HostSockets sockets = new();
        using TcpPair pair = new(sockets);
        pair.Peer.Send("ab"u8);
        pair.Peer.Send("!"u8, SocketFlags.OutOfBand);
        pair.Peer.Send("cd"u8);
        Eventually.True(() => pair.State().InQueue == 5);
        byte[] buffer = new byte[8];
        long read = 0;
        Eventually.True(() => (read += Math.Max(0, pair.Peek(buffer.AsSpan((int)read)))) == 5);
        Assert.Equal("ab!cd"u8, buffer.AsSpan(0, 5));
    }
}
