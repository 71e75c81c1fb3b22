using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Stream;

/// <summary>
/// Theory. Bytes leave the socket when they come, since a unix socket that is not emptied takes only a few hundred short
/// writes: a peer that writes byte by byte would never finish its frame. So they lie in the shared memory, whole frames and the
/// front of one that is still coming, and go when their turn is over. What a worker has taken at the moment it is killed is
/// known by the kernel, never by a record alone:
///   TCP    consumed = tcpi_bytes_received − SIOCINQ: the copy is finished before the process ends, so the bytes are there
///   unix   has no such count, but SO_PEEK_OFF: bytes are peeked into the ring, which moves the offset on; then, by the record,
///          they are being taken; taking them moves the offset back. What the offset still says was not taken
/// Frames that were lent when a life ended are lent again; those that have ended several lives in a row are left out.
/// </summary>
internal sealed unsafe class ReceiveRing : IDisposable
{
    private const int MaxAttempts = 5;
    private const ulong Mask = StreamRecord.RingSize - 1;
    private const byte CloseWait = 8;

    private readonly StreamRecord* _record;
    private readonly byte* _ring;
    private readonly byte* _taken;
    private readonly bool _isTcp;

    public ReceiveRing(StreamRecord* record, bool isTcp)
    {
        _record = record;
        _ring = StreamRecord.Ring(record);
        _taken = isTcp ? null : (byte*)NativeMemory.AllocZeroed(StreamRecord.RingSize);
        _isTcp = isTcp;
    }

    public ulong Start => _record->Start;

    public ulong End => _record->End;

    public int Room => StreamRecord.RingSize - (int)(_record->End - _record->Start);

    /// <summary>A connection begins, at position 0 of both directions. False when it has ended by now.</summary>
    public bool Begin(int connection, IHostSockets sockets)
    {
        StreamRecord.Clear(_record);
        if (!_isTcp)
        {
            return SocketCalls.SetOption(connection, SocketConstants.LevelSocket, SocketConstants.PeekOffset, 0) >= 0;
        }
        if (!sockets.TryReadState(connection, out TcpSocketState state))
        {
            return false;
        }
        _record->ReceivedBefore = Consumed(in state);
        _record->SentBefore = state.BytesAcked + (ulong)state.OutQueue;
        return true;
    }

    /// <summary>Finds out what an earlier life had taken. Frames in the ring that were lent when it ended are to be lent again:
    /// how many, in <paramref name="replayed"/>. False when the connection cannot go on.</summary>
    public bool TakeOver(int connection, IHostSockets sockets, out int replayed)
    {
        replayed = 0;
        if (!_record->IsOurs)
        {
            return false;
        }
        if (connection >= 0 && !(_isTcp ? TakeOverTcp(connection, sockets) : TakeOverUnix(connection)))
        {
            return false;
        }
        if (_record->End < _record->Start || _record->End - _record->Start > StreamRecord.RingSize)
        {
            return false;
        }
        if (_record->LentTo > _record->Start && _record->LentTo <= _record->End)
        {
            if (++_record->Attempts >= MaxAttempts)
            {
                Release(_record->LentTo);
            }
            replayed = CountFrames();
        }
        return true;
    }

    /// <summary>Takes what has come, as much as there is room for; the bytes, 0 at the end, or below zero.</summary>
    public int Receive(int connection)
    {
        IoVec* runs = stackalloc IoVec[2];
        MessageHeader message = default;
        message.Runs = runs;
        message.RunCount = (nuint)Runs(runs, _record->End, Room);
        int received = (int)SocketCalls.Receive(connection, &message,
            SocketConstants.MessageDontWait | (_isTcp ? 0 : SocketConstants.MessagePeek));
        if (received <= 0)
        {
            return received;
        }
        if (!_isTcp)
        {
            Volatile.Write(ref _record->Taking, _record->End + (ulong)received);
            int taken = Take(connection, received);
            if (taken < 0)
            {
                return taken;
            }
        }
        Volatile.Write(ref _record->End, _record->End + (ulong)received);
        return received;
    }

    public uint LengthAt(ulong position)
    {
        uint length = 0;
        for (uint i = 0; i < StreamEndpoint.LengthSize; i++)
        {
            length = length << 8 | _ring[(position + i) & Mask];
        }
        return length;
    }

    /// <summary>Adds the frame at <paramref name="position"/> to the burst, which is not full: its front is copied, the rest lies in the ring.</summary>
    public void Lend(Burst burst, ulong position, int length)
    {
        int index = burst.Count;
        ref FrameRef frame = ref burst.Add();
        frame.Head = burst.HeadOf(index);
        frame.HeadLength = Math.Min(length, Burst.HeadSize);
        frame.Length = length;
        frame.Rest = burst.RunsOf(index);
        IoVec* front = stackalloc IoVec[2];
        int fronts = Runs(front, position, frame.HeadLength);
        byte* to = frame.Head;
        for (int i = 0; i < fronts; i++)
        {
            Buffer.MemoryCopy(front[i].Start, to, front[i].Length, front[i].Length);
            to += front[i].Length;
        }
        if (length > frame.HeadLength)
        {
            frame.RestCount = Runs(frame.Rest, position + (ulong)frame.HeadLength, length - frame.HeadLength);
        }
    }

    /// <summary>What is lent from here on to <paramref name="position"/> is lent again by the next life, until Release.</summary>
    public void MarkLent(ulong position) => Volatile.Write(ref _record->LentTo, position);

    /// <summary>The bytes before <paramref name="position"/> are done with.</summary>
    public void Release(ulong position)
    {
        if (position != _record->Start)
        {
            _record->Attempts = 0;
            Volatile.Write(ref _record->Start, position);
        }
    }

    public void Dispose() => NativeMemory.Free(_taken);

    private static ulong Consumed(in TcpSocketState state) =>
        state.BytesReceived - (ulong)state.InQueue - (state.State == CloseWait ? 1u : 0u);

    private bool TakeOverTcp(int connection, IHostSockets sockets)
    {
        if (!sockets.TryReadState(connection, out TcpSocketState state))
        {
            return false;
        }
        _record->End = Consumed(in state) - _record->ReceivedBefore;
        return true;
    }

    private bool TakeOverUnix(int connection)
    {
        int left = SocketCalls.GetOption(connection, SocketConstants.LevelSocket, SocketConstants.PeekOffset);
        if (left < 0)
        {
            return false;
        }
        if (_record->Taking > _record->End)
        {
            _record->End = Math.Max(_record->End, _record->Taking - (ulong)left);
        }
        return SocketCalls.SetOption(connection, SocketConstants.LevelSocket, SocketConstants.PeekOffset, 0) >= 0;
    }

    /// <summary>Takes bytes that were peeked; 0, or below zero when they are not there any more.</summary>
    private int Take(int connection, int bytes)
    {
        while (bytes > 0)
        {
            int taken = (int)SocketCalls.Receive(connection, _taken, bytes, SocketConstants.MessageDontWait);
            if (taken == -Errno.EINTR)
            {
                continue;
            }
            if (taken <= 0)
            {
                return -Errno.EIO;
            }
            bytes -= taken;
        }
        return 0;
    }

    private int CountFrames()
    {
        int count = 0;
        ulong limit = _record->LentTo;
        uint length;
        for (ulong at = _record->Start; at + StreamEndpoint.LengthSize <= limit && (length = LengthAt(at)) <= StreamEndpoint.MaxFrame;
            at += StreamEndpoint.LengthSize + length)
        {
            count += length == 0 ? 0 : 1;
        }
        return count;
    }

    private int Runs(IoVec* runs, ulong position, int length)
    {
        int offset = (int)(position & Mask);
        int first = Math.Min(length, StreamRecord.RingSize - offset);
        runs[0] = new IoVec(_ring + offset, (nuint)first);
        runs[1] = new IoVec(_ring, (nuint)(length - first));
        return length > first ? 2 : 1;
    }
}
