using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Seqpacket;

/// <summary>In: batches of messages into arena slots, whose addresses never change and are written down once.</summary>
public sealed unsafe partial class SeqpacketEndpoint
{
    // A quiet guest has one or two frames waiting; marking 64 slots for them would cost more than a second call.
    private const int Batch = 16;

    private MessageSlot* _incoming;
    private IoVec* _incomingRuns;

    /// <summary>Frames of an earlier life that were lent again.</summary>
    public int Replayed { get; private set; }

    public bool Poll(Burst burst)
    {
        burst.IsCut = true;
        if (_arena.Pending > 0)
        {
            _arena.Replay(burst);
            Replayed += burst.Count;
            return true;
        }
        while (_connection >= 0 && _arena.Free > 0 && !burst.IsFull)
        {
            int wanted = Math.Min(Batch, _arena.Free);
            int first = _arena.Begin(wanted);
            int received = SocketCalls.ReceiveBatch(_connection, _incoming + first, wanted);
            int useful = received > 0 ? TakeBatch(burst, first, received) : 0;
            _arena.Cancel(wanted - Math.Max(received, 0));
            if (received == wanted && useful > 0)
            {
                continue;
            }
            if (received is -Errno.EINTR or -Errno.ECONNRESET)
            {
                // A reset is told once, in front of frames that the peer sent before it died: they are still there.
                return true;
            }
            if (_peerClosed && useful == 0)
            {
                Disconnect();
            }
            return false;
        }
        return _connection >= 0;
    }

    private void PrepareReceive()
    {
        int slots = _arena.Shape.Slots;
        _incoming = (MessageSlot*)NativeMemory.AllocZeroed((nuint)slots, (nuint)sizeof(MessageSlot));
        _incomingRuns = (IoVec*)NativeMemory.AllocZeroed((nuint)slots, (nuint)sizeof(IoVec));
        for (int i = 0; i < slots; i++)
        {
            _incomingRuns[i] = new IoVec(_arena.Data(i), (nuint)_arena.Shape.DataSize);
            _incoming[i].Header.Runs = _incomingRuns + i;
            _incoming[i].Header.RunCount = 1;
        }
    }

    private void FreeReceive()
    {
        NativeMemory.Free(_incoming);
        NativeMemory.Free(_incomingRuns);
    }

    /// <summary>Takes the frames of a batch; how many messages held a byte. An ended connection fills a batch with empty ones,
    /// which are no frames: they are only counted in front of one that is.</summary>
    private int TakeBatch(Burst burst, int first, int received)
    {
        int useful = 0;
        int empty = 0;
        for (int i = first; i < first + received; i++)
        {
            uint length = _incoming[i].Length;
            if (length == 0)
            {
                empty++;
                _arena.Skip();
                continue;
            }
            useful++;
            Take(burst, ref _incoming[i], (int)length, ref empty);
        }
        return useful;
    }

    private void Take(Burst burst, ref MessageSlot message, int length, ref int empty)
    {
        DropReason reason = (message.Header.Flags & SocketConstants.MessageTruncated) != 0 || length > _maxFrame ? DropReason.Oversized
            : length < EthernetSize ? DropReason.Truncated
            : DropReason.None;
        if (empty > 0)
        {
            _port.Drop(DropReason.Truncated, (ulong)empty);
            empty = 0;
        }
        if (reason == DropReason.None)
        {
            _arena.Complete(burst, length);
            return;
        }
        _arena.Skip();
        _port.Drop(reason);
    }
}
