using System.Diagnostics;
using Weft.Wire;

namespace Weft.Engine;

/// <summary>
/// Theory. A frame that was read but not yet sent is in nobody's queue: a kill at that moment loses it, and one lost frame
/// has stalled a guest's upload for minutes. So what a port reads lies in the shared memory, in slots with a mark:
///   0   free
///   −1  a read is under way. Its EtherType and IP version were zeroed before. A kill during read(2) lets the kernel finish
///       the copy and only then ends the process: the frame is whole, though nobody knows. A header that is not zero says
///       so, and its length is that of its IP header
///   n   a frame of n bytes, until the turn's Release
/// The successor lends these frames first, in order of arrival (<see cref="Replay"/>); those that were already handled are
/// trimmed by sequence numbers that come from the socket, or are duplicates, which Ethernet allows. A frame that has ended
/// several lives in a row is dropped: it is the cause.
/// Slots are taken from the first one on in each poll and go back together, so a quiet port touches few pages. A frame
/// longer than a slot goes on in one of a few overflow areas, which a read names as its second run and a short frame leaves.
/// All pages are touched at the start: a copy into a page that is not there may stop half-way in a process that is dying.
/// </summary>
public sealed unsafe class ReceiveArena
{
    private const int MaxAttempts = 5;
    private const int PageSize = 4096;
    private const int RegionHead = 64;
    private const int EtherTypeAt = 12;

    private readonly ReceiveRegion* _region;
    private readonly ReceiveShape _shape;
    private readonly byte* _slots;
    private readonly byte* _overflows;
    private readonly int _stride;
    private readonly int[] _pending = new int[Burst.Capacity];
    private int _pendingCount;
    private int _next;
    private int _nextOverflow;
    private ulong _sequence;

    /// <summary>Opens a region. Frames of an earlier life are kept for <see cref="Replay"/> when it had the same shape.</summary>
    public ReceiveArena(ReceiveRegion* region, ReceiveShape shape)
    {
        Debug.Assert(shape.Slots <= Burst.Capacity && RegionBytes(shape) <= ReceiveRegion.Size, "the shape fits the region");
        _region = region;
        _shape = shape;
        _stride = Stride(shape);
        _slots = (byte*)region + RegionHead;
        _overflows = _slots + shape.Slots * _stride;
        TouchPages();
        if (region->Shape == shape)
        {
            FindPending();
        }
        else
        {
            Reset();
        }
    }

    public ReceiveShape Shape => _shape;

    /// <summary>Frames of an earlier life that wait for <see cref="Replay"/>.</summary>
    public int Pending => _pendingCount;

    /// <summary>Frames of an earlier life that could not be told apart from nothing, or ended it: not replayed.</summary>
    public int Abandoned { get; private set; }

    /// <summary>Slots that <see cref="Begin"/> may still take before the next <see cref="Release"/>.</summary>
    public int Free => _shape.Slots - _next;

    /// <summary>True when a frame of any length has room: an overflow area is left, or none is ever needed.</summary>
    public bool HasOverflow => _nextOverflow < _shape.Overflows || _shape.Overflows == 0;

    /// <summary>Bytes of receive memory that a shape needs.</summary>
    public static int RegionBytes(ReceiveShape shape) => RegionHead + shape.Slots * Stride(shape) + shape.Overflows * shape.OverflowSize;

    /// <summary>Forgets everything: for a region that begins a new life with another port.</summary>
    public void Reset()
    {
        for (int i = 0; i < _shape.Slots; i++)
        {
            Slot(i)->Mark = ReceiveSlot.Free;
        }
        _region->Shape = _shape;
        _pendingCount = 0;
        _next = 0;
        _nextOverflow = 0;
    }

    /// <summary>Where the frame of a slot begins; the read's header goes <see cref="ReceiveShape.FrontSize"/> bytes before.</summary>
    public byte* Data(int slot) => _slots + slot * _stride + ReceiveSlot.Size + FrameRef.Headroom;

    /// <summary>The overflow area that the slots begun last go on in.</summary>
    public byte* Overflow => _overflows + _nextOverflow * _shape.OverflowSize;

    /// <summary>Marks the next <paramref name="count"/> slots as being read into; returns the first.</summary>
    public int Begin(int count)
    {
        for (int i = _next; i < _next + count; i++)
        {
            ReceiveSlot* slot = Slot(i);
            *(uint*)(Data(i) + EtherTypeAt) = 0;
            slot->Overflow = _shape.Overflows > 0 ? _nextOverflow : -1;
            slot->Sequence = ++_sequence;
            slot->Attempts = 0;
            Volatile.Write(ref slot->Mark, ReceiveSlot.ReadUnderWay);
        }
        return _next;
    }

    /// <summary>The read into the next slot has brought a frame: it is added to the burst, which is not full.</summary>
    public ref FrameRef Complete(Burst burst, int length)
    {
        ReceiveSlot* slot = Slot(_next);
        slot->Offload = FrontOf(_next);
        Volatile.Write(ref slot->Mark, length);
        if (length > _shape.DataSize)
        {
            _nextOverflow++;
        }
        return ref Lend(burst, _next++, length);
    }

    /// <summary>The read into the next slot has brought nothing that is to be kept; the slot stays taken until Release.</summary>
    public void Skip() => Slot(_next++)->Mark = ReceiveSlot.Free;

    /// <summary>Slots that were begun and not read into are free again.</summary>
    public void Cancel(int count)
    {
        for (int i = _next; i < _next + count; i++)
        {
            Slot(i)->Mark = ReceiveSlot.Free;
        }
    }

    /// <summary>The turn is over: everything lent is free.</summary>
    public void Release()
    {
        for (int i = 0; i < _next; i++)
        {
            Volatile.Write(ref Slot(i)->Mark, ReceiveSlot.Free);
        }
        _next = 0;
        _nextOverflow = 0;
    }

    /// <summary>Lends what an earlier life had read and not finished, in order of arrival. The burst is empty.</summary>
    public void Replay(Burst burst)
    {
        for (int i = 0; i < _pendingCount; i++)
        {
            ReceiveSlot* slot = Slot(_pending[i]);
            slot->Attempts++;
            Lend(burst, _pending[i], slot->Mark);
        }
        _pendingCount = 0;
        // Release gives back all of them.
        _next = _shape.Slots;
    }

    private static int Stride(ReceiveShape shape) => ReceiveSlot.Size + FrameRef.Headroom + shape.DataSize;

    private ReceiveSlot* Slot(int index) => (ReceiveSlot*)(_slots + index * _stride);

    private Offload FrontOf(int slot) => _shape.FrontSize >= Offload.Size ? *(Offload*)(Data(slot) - _shape.FrontSize) : default;

    private ref FrameRef Lend(Burst burst, int index, int length)
    {
        ReceiveSlot* slot = Slot(index);
        byte* data = Data(index);
        IoVec* runs = burst.RunsOf(burst.Count);
        ref FrameRef frame = ref burst.Add();
        frame.Head = data;
        frame.HeadLength = Math.Min(length, Burst.HeadSize);
        frame.Length = length;
        frame.Offload = slot->Offload;
        frame.Rest = runs;
        if (length > Burst.HeadSize)
        {
            runs[frame.RestCount++] = new IoVec(data + Burst.HeadSize, (nuint)(Math.Min(length, _shape.DataSize) - Burst.HeadSize));
        }
        if (length > _shape.DataSize)
        {
            runs[frame.RestCount++] = new IoVec(_overflows + slot->Overflow * _shape.OverflowSize, (nuint)(length - _shape.DataSize));
        }
        return ref frame;
    }

    private void FindPending()
    {
        for (int i = 0; i < _shape.Slots; i++)
        {
            ReceiveSlot* slot = Slot(i);
            _sequence = Math.Max(_sequence, slot->Sequence);
            if (slot->Mark == ReceiveSlot.Free)
            {
                continue;
            }
            if (IsWhole(i))
            {
                _pending[_pendingCount++] = i;
            }
            else
            {
                Volatile.Write(ref slot->Mark, ReceiveSlot.Free);
            }
        }
        _pending.AsSpan(0, _pendingCount).Sort((one, other) => Slot(one)->Sequence.CompareTo(Slot(other)->Sequence));
    }

    /// <summary>Finds the length where it is unknown. False for a read that brought nothing, and for what is not to be trusted.</summary>
    private bool IsWhole(int index)
    {
        ReceiveSlot* slot = Slot(index);
        int length = slot->Mark;
        if (length == ReceiveSlot.ReadUnderWay)
        {
            if (*(uint*)(Data(index) + EtherTypeAt) == 0)
            {
                return false;
            }
            length = FrameLength.Find(Data(index), _shape.DataSize);
            slot->Offload = FrontOf(index);
        }
        bool overflows = length > _shape.DataSize;
        if (length <= 0 || length > _shape.MaxFrame || slot->Attempts >= MaxAttempts ||
            (overflows && (uint)slot->Overflow >= (uint)_shape.Overflows))
        {
            Abandoned++;
            return false;
        }
        Volatile.Write(ref slot->Mark, length);
        return true;
    }

    private void TouchPages()
    {
        byte* end = (byte*)_region + RegionBytes(_shape);
        for (byte* page = (byte*)_region; page < end; page += PageSize)
        {
            Volatile.Write(ref *page, Volatile.Read(ref *page));
        }
    }
}
