using Weft.Engine;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary>TCP: bytes in and out, room, and the state that sequence numbers are derived from.</summary>
public sealed unsafe partial class HostSockets
{
    private const int RoomCap = 1 << 20;

    // Readings that may disagree before we give up; a reading takes about 1 µs, and bytes must arrive within each to disagree.
    private const int StateTries = 10_000;

    // enum in linux/sock_diag.h: SK_MEMINFO_SNDBUF, SK_MEMINFO_WMEM_QUEUED, SK_MEMINFO_VARS.
    private const int MemoryInfoSendBuffer = 3;
    private const int MemoryInfoQueued = 5;
    private const int MemoryInfoCount = 9;

    public long Send(int socket, IoVec* runs, int count)
    {
        MessageHeader message = default;
        message.Runs = runs;
        message.RunCount = (nuint)count;
        return SocketCalls.Send(socket, &message, MessageDontWait);
    }

    public long Peek(int socket, IoVec* runs, int count)
    {
        if (_fallback is not null)
        {
            return _fallback.Peek(socket, runs, count);
        }
        MessageHeader message = default;
        message.Runs = runs;
        message.RunCount = (nuint)count;
        return SocketCalls.Receive(socket, &message, MessagePeek | MessageDontWait);
    }

    public int SetPeekOffset(int socket, int offset)
    {
        if (_fallback is not null)
        {
            _fallback.SetOffset(socket, offset);
            return 0;
        }
        return SocketCalls.SetOption(socket, LevelSocket, PeekOffset, offset);
    }

    public long Discard(int socket, int bytes)
    {
        // On TCP, MSG_TRUNC with no buffer drops bytes without copying them (tcp(7)).
        long taken = SocketCalls.Receive(socket, null, bytes, MessageTruncated | MessageDontWait);
        if (taken > 0)
        {
            _fallback?.Consumed(socket, (int)taken);
        }
        return taken;
    }

    public void AcknowledgeNow(int socket) => SocketCalls.SetOption(socket, LevelTcp, QuickAcknowledge, 1);

    public int Room(int socket)
    {
        uint* memory = stackalloc uint[MemoryInfoCount];
        int read = SocketCalls.GetOption(socket, LevelSocket, MemoryInfo, memory, MemoryInfoCount * sizeof(uint));
        if (read <= MemoryInfoQueued * sizeof(uint))
        {
            return 0;
        }
        long free = (long)memory[MemoryInfoSendBuffer] - memory[MemoryInfoQueued];
        return free <= 0 ? 0 : (int)Math.Min(free - free / 8, RoomCap);
    }

    public int ShutdownWrite(int socket) => SocketCalls.Shutdown(socket, SocketConstants.ShutdownWrite);

    public int Abort(int socket)
    {
        byte* nowhere = stackalloc byte[16];
        new Span<byte>(nowhere, 16).Clear();
        return SocketCalls.Connect(socket, nowhere, 16);
    }

    public bool TryReadState(int socket, out TcpSocketState state)
    {
        state = default;
        TcpInfo before = default;
        if (!TcpInfo.TryRead(socket, ref before))
        {
            return false;
        }
        for (int i = 0; i < StateTries; i++)
        {
            int inQueue = SocketCalls.Queue(socket, InQueue);
            int outQueue = SocketCalls.Queue(socket, OutQueue);
            TcpInfo after = default;
            if (inQueue < 0 || outQueue < 0 || !TcpInfo.TryRead(socket, ref after))
            {
                return false;
            }
            if (before.SameAs(in after))
            {
                state.State = after.State;
                state.BytesAcked = after.BytesAcked;
                state.BytesReceived = after.BytesReceived;
                state.InQueue = inQueue;
                state.OutQueue = outQueue;
                return true;
            }
            before = after;
        }
        return false;
    }

    public int TakeError(int socket) => Math.Max(0, SocketCalls.GetOption(socket, LevelSocket, SocketError));
}
