using Weft.Engine;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Stream;

/// <summary>
/// Theory. A frame that went out in part has to be finished before anything else, or the peer never finds the next one. Over TCP
/// the kernel knows how many bytes it took (tcpi_bytes_acked + SIOCOUTQ), so the lengths of what is being sent are written
/// down before: a successor sees whether the last byte was the end of a frame. The rest of one that was cut is copied here
/// first of all, and goes on from where the kernel stands. Only a kill between the send that cut it and that copy ends the
/// connection; and a send is cut only when the system has no memory, since room is looked up before.
/// </summary>
internal sealed unsafe class SendJournal(StreamRecord* record)
{
    public bool HasRest => record->Sent - record->RestAt < (ulong)record->RestLength;

    /// <summary>Before a send: the frames that it is made of.</summary>
    public void Begin(ReadOnlySpan<int> lengths)
    {
        record->BatchCount = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            record->Lengths[i] = lengths[i];
        }
        Volatile.Write(ref record->BatchCount, lengths.Length);
    }

    /// <summary>The send took so many bytes, the end of a frame.</summary>
    public void Took(long bytes) => Volatile.Write(ref record->Sent, record->Sent + (ulong)bytes);

    /// <summary>The send took so many bytes and stopped in a frame: the runs hold the frame, <paramref name="skip"/> bytes of which are out.</summary>
    public void TookPart(long bytes, IoVec* runs, int count, long skip)
    {
        // No rest while a new one is written over it.
        Volatile.Write(ref record->RestLength, 0);
        byte* to = StreamRecord.Rest(record);
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            long left = (long)runs[i].Length - skip;
            if (left > 0)
            {
                Buffer.MemoryCopy((byte*)runs[i].Start + skip, to + length, left, left);
                length += (int)left;
            }
            skip = Math.Max(0, -left);
        }
        record->RestAt = record->Sent + (ulong)bytes;
        Volatile.Write(ref record->RestLength, length);
        Took(bytes);
    }

    /// <summary>Sends on with the rest of a frame. True when it is out; <paramref name="error"/> is 0 or what the send answered.</summary>
    public bool FinishRest(int connection, out int error)
    {
        error = 0;
        while (HasRest)
        {
            int done = (int)(record->Sent - record->RestAt);
            long sent = SocketCalls.Send(connection, StreamRecord.Rest(record) + done, record->RestLength - done);
            if (sent <= 0)
            {
                error = (int)sent;
                return false;
            }
            Took(sent);
        }
        return true;
    }

    /// <summary>Finds out what an earlier life had sent. False when its last byte was in the middle of a frame whose rest nobody has.</summary>
    public bool TakeOver(int connection, IHostSockets sockets)
    {
        if (!sockets.TryReadState(connection, out TcpSocketState state))
        {
            return false;
        }
        ulong at = state.BytesAcked + (ulong)state.OutQueue - record->SentBefore;
        ulong end = record->Sent;
        bool isWhole = (record->RestLength > 0 && at - record->RestAt <= (ulong)record->RestLength) || at == end;
        for (int i = 0; i < Math.Min(record->BatchCount, Burst.Capacity) && !isWhole; i++)
        {
            end += (ulong)record->Lengths[i];
            isWhole = at == end;
        }
        record->Sent = at;
        return isWhole;
    }
}
