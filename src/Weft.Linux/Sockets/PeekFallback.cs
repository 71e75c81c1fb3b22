using System.Runtime.InteropServices;
using Weft.Engine;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary>
/// Theory. Peeking at an offset for kernels without SO_PEEK_OFF on TCP (before 6.9): the bytes before the offset are copied
/// into one buffer that nobody reads, named as often as needed in front of the caller's runs. It costs a copy of what the
/// guest has not acknowledged yet, per peek.
/// The offset of each socket is ours then, by descriptor number. A peek that brings only discarded bytes means either
/// "nothing new" or the peer's FIN; poll(2) tells, and since data may have come between, the peek is done again before 0
/// is believed.
/// </summary>
internal sealed unsafe class PeekFallback : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private const int MaxRuns = 256;

    private readonly byte* _buffer = (byte*)NativeMemory.Alloc(BufferSize);
    private int[] _offsets = new int[1024];

    public void SetOffset(int socket, int offset)
    {
        if (socket >= _offsets.Length)
        {
            Array.Resize(ref _offsets, Math.Max(socket + 1, _offsets.Length * 2));
        }
        _offsets[socket] = offset;
    }

    public void Consumed(int socket, int bytes) => SetOffset(socket, Math.Max(0, OffsetOf(socket) - bytes));

    public long Peek(int socket, IoVec* runs, int count)
    {
        int offset = OffsetOf(socket);
        long read = PeekFrom(socket, offset, runs, count);
        if (read > offset)
        {
            return Advance(socket, offset, read);
        }
        if (read < 0 || offset == 0)
        {
            return read;
        }
        PollEntry entry = new() { Descriptor = socket, Wanted = PollEntry.PeerClosed };
        if (FileCalls.Poll(new Span<PollEntry>(ref entry), 0) <= 0)
        {
            return -Errno.EAGAIN;
        }
        read = PeekFrom(socket, offset, runs, count);
        return read > offset ? Advance(socket, offset, read) : Math.Min(read, 0);
    }

    public void Dispose() => NativeMemory.Free(_buffer);

    private int OffsetOf(int socket) => socket < _offsets.Length ? _offsets[socket] : 0;

    private long Advance(int socket, int offset, long read)
    {
        SetOffset(socket, (int)read);
        return read - offset;
    }

    private long PeekFrom(int socket, int offset, IoVec* runs, int count)
    {
        IoVec* all = stackalloc IoVec[MaxRuns];
        int used = 0;
        for (int left = offset; left > 0 && used < MaxRuns; left -= BufferSize)
        {
            all[used++] = new IoVec(_buffer, (nuint)Math.Min(left, BufferSize));
        }
        for (int i = 0; i < count && used < MaxRuns; i++)
        {
            all[used++] = runs[i];
        }
        MessageHeader message = default;
        message.Runs = all;
        message.RunCount = (nuint)used;
        return SocketCalls.Receive(socket, &message, MessagePeek | MessageDontWait);
    }
}
