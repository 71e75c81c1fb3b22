using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Messages;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Seqpacket;

/// <summary>In: batches of messages into arena slots.</summary>
public sealed partial class SeqpacketEndpoint
{
    private readonly IncomingMessages _incoming;

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
            int wanted = Math.Min(IncomingMessages.Batch, _arena.Free);
            int first = _arena.Begin(wanted);
            int received = _incoming.Receive(_connection, first, wanted);
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

    /// <summary>Takes the frames of a batch; how many messages held a byte. An ended connection fills a batch with empty ones,
    /// which are no frames: they are only counted in front of one that is.</summary>
    private int TakeBatch(Burst burst, int first, int received)
    {
        int useful = 0;
        int empty = 0;
        for (int i = first; i < first + received; i++)
        {
            int length = _incoming.LengthOf(i);
            if (length == 0)
            {
                empty++;
                _arena.Skip();
                continue;
            }
            useful++;
            Take(burst, length, _incoming.IsCut(i), ref empty);
        }
        return useful;
    }

    private void Take(Burst burst, int length, bool isCut, ref int empty)
    {
        DropReason reason = isCut || length > _maxFrame ? DropReason.Oversized
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
