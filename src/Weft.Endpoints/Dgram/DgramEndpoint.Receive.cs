using Weft.Engine;
using Weft.Linux.Messages;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Dgram;

/// <summary>In: batches of datagrams into arena slots.</summary>
public sealed unsafe partial class DgramEndpoint
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
        while (_arena.Free > 0 && !burst.IsFull)
        {
            int wanted = Math.Min(IncomingMessages.Batch, _arena.Free);
            int first = _arena.Begin(wanted);
            int received = _incoming.Receive(_socket, first, wanted);
            for (int i = first; i < first + received; i++)
            {
                Take(burst, i);
            }
            _arena.Cancel(wanted - Math.Max(received, 0));
            if (received != wanted)
            {
                return received == -Linux.Errno.EINTR;
            }
        }
        return true;
    }

    private void Take(Burst burst, int slot)
    {
        int length = _incoming.LengthOf(slot);
        DropReason reason = _isUdp && DatagramSockets.ReadEnd(_incoming.SenderOf(slot)) != _plug.Remote.End ? DropReason.ForeignSender
            : _incoming.IsCut(slot) || length > DgramPlug.MaxFrame ? DropReason.Oversized
            : length < EthernetSize ? DropReason.Truncated
            : DropReason.None;
        if (reason == DropReason.None)
        {
            _arena.Complete(burst, length);
            HearPeer();
            return;
        }
        _arena.Skip();
        _port.Drop(reason);
    }

    /// <summary>Somebody is there: over UDP that is all that is ever known, over unix it is time to look.</summary>
    private void HearPeer()
    {
        if (_isUdp)
        {
            _port.CarrierChanged(true);
        }
        else if (_sender < 0)
        {
            NextDeadline = Math.Min(NextDeadline, Math.Max(_lane.Now, _dialledAt + HeardPause));
        }
    }
}
