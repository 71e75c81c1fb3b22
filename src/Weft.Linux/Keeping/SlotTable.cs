using System.Numerics;
using System.Runtime.InteropServices;

namespace Weft.Linux.Keeping;

/// <summary>The worker's slots: descriptor and state of each, in native memory. The lowest free slot is taken first, so that slots stay dense.</summary>
internal sealed unsafe class SlotTable : IDisposable
{
    private readonly int* _descriptors;
    private readonly SlotState* _states;
    private readonly ulong* _used;
    private readonly int _words;
    private int _firstWord;

    public SlotTable(int capacity)
    {
        _words = (capacity + 63) / 64;
        Capacity = _words * 64;
        _descriptors = (int*)NativeMemory.Alloc((nuint)Capacity, sizeof(int));
        _states = (SlotState*)NativeMemory.AllocZeroed((nuint)Capacity);
        _used = (ulong*)NativeMemory.AllocZeroed((nuint)_words, sizeof(ulong));
    }

    public int Capacity { get; }

    /// <summary>One more than the highest slot ever used.</summary>
    public int End { get; private set; }

    public int Used { get; private set; }

    public ref SlotState State(int slot) => ref _states[slot];

    public int Descriptor(int slot) => _descriptors[slot];

    /// <summary>Takes the lowest free slot; −1 when none is.</summary>
    public int Take(int descriptor, SlotState state)
    {
        for (; _firstWord < _words; _firstWord++)
        {
            if (_used[_firstWord] != ulong.MaxValue)
            {
                int slot = _firstWord * 64 + BitOperations.TrailingZeroCount(~_used[_firstWord]);
                TakeAt(slot, descriptor, state);
                return slot;
            }
        }
        return -1;
    }

    public void TakeAt(int slot, int descriptor, SlotState state)
    {
        _used[slot / 64] |= 1UL << slot;
        _descriptors[slot] = descriptor;
        _states[slot] = state;
        End = Math.Max(End, slot + 1);
        Used++;
    }

    /// <summary>Puts a descriptor into a slot that was taken without one.</summary>
    public void Fill(int slot, int descriptor, SlotState state)
    {
        _descriptors[slot] = descriptor;
        _states[slot] = state;
    }

    public void Free(int slot)
    {
        _used[slot / 64] &= ~(1UL << slot);
        _descriptors[slot] = -1;
        _states[slot] = SlotState.Free;
        _firstWord = Math.Min(_firstWord, slot / 64);
        Used--;
    }

    public void Dispose()
    {
        NativeMemory.Free(_descriptors);
        NativeMemory.Free(_states);
        NativeMemory.Free(_used);
    }
}
