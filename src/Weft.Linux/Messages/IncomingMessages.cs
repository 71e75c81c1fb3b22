using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux.Sockets;

namespace Weft.Linux.Messages;

/// <summary>
/// The slots of an arena as recvmmsg(2) takes them, one message each; their addresses never change and are written down once.
/// With senders, each message's is kept beside it.
/// </summary>
public sealed unsafe class IncomingMessages : IDisposable
{
    /// <summary>A quiet guest has one or two frames waiting; marking 64 slots for them would cost more than a second call.</summary>
    public const int Batch = 16;

    private readonly MessageSlot* _slots;
    private readonly IoVec* _runs;
    private readonly byte* _senders;

    public IncomingMessages(ReceiveArena arena, bool withSenders)
    {
        nuint slots = (nuint)arena.Shape.Slots;
        _slots = (MessageSlot*)NativeMemory.AllocZeroed(slots, (nuint)sizeof(MessageSlot));
        _runs = (IoVec*)NativeMemory.AllocZeroed(slots, (nuint)sizeof(IoVec));
        _senders = withSenders ? (byte*)NativeMemory.AllocZeroed(slots, DatagramSockets.EndSize) : null;
        for (int i = 0; i < (int)slots; i++)
        {
            _runs[i] = new IoVec(arena.Data(i), (nuint)arena.Shape.DataSize);
            _slots[i].Header.Runs = _runs + i;
            _slots[i].Header.RunCount = 1;
            _slots[i].Header.Name = withSenders ? SenderOf(i) : null;
        }
    }

    /// <summary>Reads into slots from <paramref name="first"/> on. How many came, or a negated errno.</summary>
    public int Receive(int socket, int first, int count)
    {
        // The length of an address is written over by each call.
        for (int i = first; i < first + count && _senders is not null; i++)
        {
            _slots[i].Header.NameLength = DatagramSockets.EndSize;
        }
        return SocketCalls.ReceiveBatch(socket, _slots + first, count);
    }

    /// <summary>Bytes of the message in a slot: as many as were there, when it was cut.</summary>
    public int LengthOf(int slot) => (int)_slots[slot].Length;

    public bool IsCut(int slot) => (_slots[slot].Header.Flags & SocketConstants.MessageTruncated) != 0;

    public byte* SenderOf(int slot) => _senders + slot * DatagramSockets.EndSize;

    public void Dispose()
    {
        NativeMemory.Free(_slots);
        NativeMemory.Free(_runs);
        NativeMemory.Free(_senders);
    }
}
