using System.Numerics;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Linux.Memory;

namespace Weft.Linux.Keeping;

/// <summary>
/// Theory. The worker's end of the keeper: what lies in which slot, and a queue of what the keeper has not been told yet.
///   start     KeeperLink.Start.cs   hello, shared memory, slots of the predecessor, go, ready, stop
///   turn      KeeperLink.Flush.cs   what is owed leaves in order, at most 253 operations a message
///   accept    KeeperLink.Accept.cs  the keeper accepts for listeners
///   keeper    KeeperLink.Cover.cs   the keeper is gone; a new one is handed everything
/// A message that is queued in the socket already holds its descriptors, so "sent" is "kept" and no reply is awaited.
/// The queue names slots; each stands in it at most once, since a slot is free again only when its drop has left. So it never
/// overflows, and a drop can always be queued. A drop that meets its own add in the queue cancels it: the descriptor is
/// closed right after, and a message must not carry a closed number, or the next one that gets it.
/// Back-pressure (EAGAIN, ETOOMANYREFS) leaves the queue as it is. EPOLLOUT tells of room for the first; a deadline of a
/// millisecond serves the second, which no event ends. Adds are refused beyond <see cref="MaxQueued"/>.
/// Without a keeper slots are given out as before, so that records name them and a new keeper can be handed everything.
/// One lane watches the keeper's socket; others speak through a <see cref="LaneKeeper"/> each. What they share is behind one
/// lock, taken per flow and not per frame: a turn in which nothing is owed looks at two numbers and goes on.
/// </summary>
public sealed unsafe partial class KeeperLink : IDescriptorKeeper, IReadyTarget, ITurnEnd, IDeadlines, IDisposable
{
    /// <summary>Adds and drops that may wait for the keeper before <see cref="Add"/> refuses.</summary>
    public const int MaxQueued = 4096;

    /// <summary>Slots that flows leave to attachments and forwards, and to what takes the place of a flow given up in the same turn.</summary>
    public const int Reserve = 64;

    private readonly Lock _gate = new();
    private readonly KeeperMessage _message = new();
    private readonly SlotTable _slots;
    private readonly int* _queue;
    private readonly uint _queueMask;
    private volatile uint _queueHead;
    private volatile uint _queueTail;
    private SharedMemory? _memory;
    private volatile int _socket;

    /// <param name="socket">A connected SOCK_SEQPACKET socket, owned from here on.</param>
    internal KeeperLink(int socket, int slots)
    {
        _socket = socket;
        _slots = new SlotTable(slots);
        int room = (int)BitOperations.RoundUpToPowerOf2((uint)_slots.Capacity);
        _queue = (int*)NativeMemory.Alloc((nuint)room, sizeof(int));
        _queueMask = (uint)room - 1;
    }

    public bool IsCovered => _socket >= 0;

    public bool IsFull => _slots.Capacity - _slots.Used <= Reserve;

    public bool AllKept => _socket < 0 || (!OwesState && _queueHead == _queueTail);

    /// <summary>Slots in use or on their way out.</summary>
    public int Used => _slots.Used;

    /// <summary>Adds and drops that wait.</summary>
    public int Queued => (int)(_queueTail - _queueHead);

    /// <summary>Flushes that the keeper's socket refused for now.</summary>
    public ulong Busy { get; private set; }

    /// <summary>Descriptors that could not be sent at all: closed by someone without a <see cref="Drop"/>.</summary>
    public ulong Refused { get; private set; }

    public int Add(int descriptor) => Add(descriptor, out _);

    public void Drop(int slot) => Drop(slot, out _);

    /// <param name="mark">What <see cref="IsKept"/> is asked with.</param>
    internal int Add(int descriptor, out uint mark)
    {
        lock (_gate)
        {
            mark = _queueTail;
            if (Queued >= MaxQueued)
            {
                return -1;
            }
            int slot = _slots.Take(descriptor, IsCovered ? SlotState.Queued : SlotState.Held);
            if (slot >= 0 && IsCovered)
            {
                Enqueue(slot);
            }
            mark = _queueTail;
            return slot;
        }
    }

    internal void Drop(int slot, out uint mark)
    {
        lock (_gate)
        {
            ref SlotState state = ref _slots.State(slot);
            switch (state)
            {
                case SlotState.Queued:
                    state = SlotState.Cancelled;
                    break;
                case SlotState.Held or SlotState.Inherited when !IsCovered:
                    _slots.Free(slot);
                    break;
                case SlotState.Held or SlotState.Inherited:
                    state = SlotState.Leaving;
                    Enqueue(slot);
                    break;
                default:
                    throw new InvalidOperationException($"slot {slot} is dropped while it is {state}");
            }
            mark = _queueTail;
        }
    }

    /// <summary>The keeper knows everything that was added or dropped up to <paramref name="mark"/>, or there is none.</summary>
    internal bool IsKept(uint mark) => _socket < 0 || (!OwesState && (int)(_queueHead - mark) >= 0);

    /// <summary>What the predecessor or this worker put into a slot; −1 when nothing is there. Claims an inherited one.</summary>
    public int DescriptorOf(int slot)
    {
        if ((uint)slot >= (uint)_slots.Capacity)
        {
            return -1;
        }
        lock (_gate)
        {
            ref SlotState state = ref _slots.State(slot);
            if (state == SlotState.Inherited)
            {
                state = SlotState.Held;
            }
            return state is SlotState.Held or SlotState.Queued ? _slots.Descriptor(slot) : -1;
        }
    }

    /// <summary>The first inherited slot from <paramref name="from"/> on that nobody has claimed; −1 when there is none.</summary>
    public int NextUnclaimed(int from)
    {
        for (int slot = from; slot < _slots.End; slot++)
        {
            if (_slots.State(slot) == SlotState.Inherited)
            {
                return slot;
            }
        }
        return -1;
    }

    public void Dispose()
    {
        CloseSocket();
        _message.Dispose();
        _answer.Dispose();
        _slots.Dispose();
        NativeMemory.Free(_queue);
    }

    private void Enqueue(int slot) => _queue[_queueTail++ & _queueMask] = slot;
}
