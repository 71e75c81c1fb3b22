using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux.Sockets;

namespace Weft.Endpoints.Dgram;

/// <summary>In: batches of datagrams into arena slots, whose addresses never change and are written down once.</summary>
public sealed unsafe partial class DgramEndpoint
{
    // A quiet guest has one or two frames waiting; marking 64 slots for them would cost more than a second call.
    private const int Batch = 16;

    private MessageSlot* _incoming;
    private IoVec* _incomingRuns;
    private byte* _senders;

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
            int wanted = Math.Min(Batch, _arena.Free);
            int first = _arena.Begin(wanted);
            NameAll(first, wanted);
            int received = SocketCalls.ReceiveBatch(_socket, _incoming + first, wanted);
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

    private void PrepareReceive()
    {
        int slots = _arena.Shape.Slots;
        _incoming = (MessageSlot*)NativeMemory.AllocZeroed((nuint)slots, (nuint)sizeof(MessageSlot));
        _incomingRuns = (IoVec*)NativeMemory.AllocZeroed((nuint)slots, (nuint)sizeof(IoVec));
        _senders = (byte*)NativeMemory.AllocZeroed((nuint)slots, DatagramSockets.EndSize);
        for (int i = 0; i < slots; i++)
        {
            _incomingRuns[i] = new IoVec(_arena.Data(i), (nuint)_arena.Shape.DataSize);
            _incoming[i].Header.Runs = _incomingRuns + i;
            _incoming[i].Header.RunCount = 1;
            _incoming[i].Header.Name = _isUdp ? SenderOf(i) : null;
        }
    }

    private void FreeReceive()
    {
        NativeMemory.Free(_incoming);
        NativeMemory.Free(_incomingRuns);
        NativeMemory.Free(_senders);
    }

    private byte* SenderOf(int slot) => _senders + slot * DatagramSockets.EndSize;

    /// <summary>The length of an address is written over by each call.</summary>
    private void NameAll(int first, int count)
    {
        for (int i = first; i < first + count && _isUdp; i++)
        {
            _incoming[i].Header.NameLength = DatagramSockets.EndSize;
        }
    }

    private void Take(Burst burst, int slot)
    {
        int length = (int)_incoming[slot].Length;
        DropReason reason = _isUdp && DatagramSockets.ReadEnd(SenderOf(slot)) != _plug.Remote.End ? DropReason.ForeignSender
            : (_incoming[slot].Header.Flags & SocketConstants.MessageTruncated) != 0 || length > DgramPlug.MaxFrame ? DropReason.Oversized
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
