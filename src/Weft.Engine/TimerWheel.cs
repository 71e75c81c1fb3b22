using System.Numerics;
using System.Runtime.InteropServices;

namespace Weft.Engine;

/// <summary>
/// Theory. One timer per index (a flow, a socket) in a hierarchical wheel: nine levels of 64 slots, a slot of level n being
/// 64^n ticks of 1,024 µs wide (Varghese and Lauck 1987, scheme 7). A timer lies on the level of the highest 6-bit digit in
/// which its tick differs from the wheel's own tick. So every slot of a level lies in the wheel's present block, before all of
/// the next level: the earliest slot is the lowest bit of the lowest level in use, and no slot is ever wrapped around.
/// Lists are intrusive: links and ticks lie in one native array by index, so nothing is allocated after the constructor and
/// untouched indexes cost no memory (zero = not scheduled).
/// States of an index: idle (Schedule), scheduled (Schedule moves it, Cancel), expired = idle.
/// Limits: a timer fires at most 1,024 µs late and never early. <see cref="NextDeadline"/> may be early for far timers (the
/// start of their slot): the call then only moves them to a finer level. Nothing ticks while nothing is scheduled.
/// </summary>
public sealed unsafe class TimerWheel : IDisposable
{
    private const int TickShift = 10;
    private const int DigitBits = 6;
    private const int Slots = 1 << DigitBits;
    private const int Levels = 9;
    private const ulong LastTick = (1UL << (DigitBits * Levels)) - 1;

    private struct Entry
    {
        public ulong Tick;

        /// <summary>Index + 1 of the next in the slot; 0 at the end.</summary>
        public int Next;

        /// <summary>Index + 1 of the one before; −(slot + 1) for the first of a slot; 0 while not scheduled.</summary>
        public int Previous;
    }

    private readonly Entry* _entries;
    private readonly int* _heads;
    private readonly ulong* _occupied;
    private readonly int _capacity;
    private uint _levels;
    private ulong _tick;
    private ulong _floor;

    /// <param name="capacity">Indexes run from 0 to one less.</param>
    /// <param name="now">Lane time in microseconds.</param>
    public TimerWheel(int capacity, long now)
    {
        _capacity = capacity;
        _entries = (Entry*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(Entry));
        _heads = (int*)NativeMemory.AllocZeroed(Levels * Slots, sizeof(int));
        _occupied = (ulong*)NativeMemory.AllocZeroed(Levels, sizeof(ulong));
        _tick = _floor = Math.Min((ulong)Math.Max(0, now) >> TickShift, LastTick - 1);
    }

    /// <summary>Timers that are scheduled.</summary>
    public int Count { get; private set; }

    /// <summary>Lane time in microseconds at which <see cref="TryExpire"/> next has something to do; <see cref="long.MaxValue"/> for nothing.</summary>
    public long NextDeadline => _levels == 0 ? long.MaxValue : (long)(FirstSlot(out _, out _) << TickShift);

    public bool IsScheduled(int index) => At(index)->Previous != 0;

    /// <summary>Sets the timer of <paramref name="index"/>, moving it when it was set; <see cref="long.MaxValue"/> cancels.
    /// A deadline that has passed fires in the next tick.</summary>
    public void Schedule(int index, long deadlineMicroseconds)
    {
        Cancel(index);
        if (deadlineMicroseconds == long.MaxValue)
        {
            return;
        }
        ulong tick = ((ulong)Math.Max(0, deadlineMicroseconds) + (1UL << TickShift) - 1) >> TickShift;
        At(index)->Tick = Math.Min(Math.Max(tick, _floor + 1), LastTick);
        Link(index);
        Count++;
    }

    public void Cancel(int index)
    {
        Entry* entry = At(index);
        if (entry->Previous == 0)
        {
            return;
        }
        Unlink(entry);
        Count--;
    }

    /// <summary>Takes one timer that is due at <paramref name="now"/> out of the wheel. Call until it is false; any timer may be
    /// scheduled or cancelled in between, and one scheduled for the past waits for the next tick.</summary>
    public bool TryExpire(long now, out int index)
    {
        ulong target = Math.Min((ulong)Math.Max(0, now) >> TickShift, LastTick - 1);
        _floor = Math.Max(_floor, target);
        while (_levels != 0)
        {
            ulong start = FirstSlot(out int level, out int slot);
            if (start > target)
            {
                break;
            }
            _tick = start;
            int head = _heads[slot];
            if (level == 0)
            {
                index = head - 1;
                Cancel(index);
                return true;
            }
            Cascade(slot, head);
        }
        _tick = Math.Max(_tick, target);
        index = -1;
        return false;
    }

    public void Dispose()
    {
        NativeMemory.Free(_entries);
        NativeMemory.Free(_heads);
        NativeMemory.Free(_occupied);
    }

    private Entry* At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_capacity);
        return _entries + index;
    }

    /// <summary>First tick of the earliest slot in use; the caller has checked that there is one.</summary>
    private ulong FirstSlot(out int level, out int slot)
    {
        level = BitOperations.TrailingZeroCount(_levels);
        int digit = BitOperations.TrailingZeroCount(_occupied[level]);
        slot = level * Slots + digit;
        int shift = level * DigitBits;
        return (_tick >> (shift + DigitBits) << (shift + DigitBits)) | ((ulong)digit << shift);
    }

    /// <summary>Moves every timer of a slot whose time has begun to the finer levels.</summary>
    private void Cascade(int slot, int head)
    {
        _heads[slot] = 0;
        ClearSlot(slot);
        while (head != 0)
        {
            int index = head - 1;
            head = _entries[index].Next;
            Link(index);
        }
    }

    private void Link(int index)
    {
        Entry* entry = _entries + index;
        int level = (63 - BitOperations.LeadingZeroCount((entry->Tick ^ _tick) | 1)) / DigitBits;
        int digit = (int)(entry->Tick >> (level * DigitBits)) & (Slots - 1);
        int slot = level * Slots + digit;
        int head = _heads[slot];
        entry->Next = head;
        entry->Previous = -(slot + 1);
        if (head != 0)
        {
            _entries[head - 1].Previous = index + 1;
        }
        _heads[slot] = index + 1;
        _occupied[level] |= 1UL << digit;
        _levels |= 1u << level;
    }

    private void Unlink(Entry* entry)
    {
        if (entry->Next != 0)
        {
            _entries[entry->Next - 1].Previous = entry->Previous;
        }
        if (entry->Previous > 0)
        {
            _entries[entry->Previous - 1].Next = entry->Next;
        }
        else
        {
            int slot = -entry->Previous - 1;
            _heads[slot] = entry->Next;
            if (entry->Next == 0)
            {
                ClearSlot(slot);
            }
        }
        entry->Next = entry->Previous = 0;
    }

    private void ClearSlot(int slot)
    {
        int level = slot / Slots;
        _occupied[level] &= ~(1UL << (slot % Slots));
        if (_occupied[level] == 0)
        {
            _levels &= ~(1u << level);
        }
    }
}
