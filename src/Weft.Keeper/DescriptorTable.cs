using System.Runtime.InteropServices;
using Weft.Linux;

namespace Weft.Keeper;

/// <summary>What the keeper holds, by slot. It owns each descriptor from <see cref="Put"/> to <see cref="Drop"/>.</summary>
internal sealed unsafe class DescriptorTable : IDisposable
{
    private readonly int* _descriptors;

    public DescriptorTable(int capacity)
    {
        Capacity = capacity;
        _descriptors = (int*)NativeMemory.Alloc((nuint)capacity, sizeof(int));
        new Span<int>(_descriptors, capacity).Fill(-1);
    }

    public int Capacity { get; }

    public int Count { get; private set; }

    /// <summary>One more than the highest slot ever used.</summary>
    public int End { get; private set; }

    /// <summary>−1 for an empty slot.</summary>
    public int this[int slot] => _descriptors[slot];

    /// <summary>Takes a descriptor; what was in the slot is closed. False, and the descriptor closed, for a slot that does not exist.</summary>
    public bool Put(int slot, int descriptor)
    {
        if ((uint)slot >= (uint)Capacity)
        {
            FileCalls.Close(descriptor);
            return false;
        }
        Drop(slot);
        _descriptors[slot] = descriptor;
        Count++;
        End = Math.Max(End, slot + 1);
        return true;
    }

    /// <summary>Closes what is in the slot; an empty or unknown one is left alone.</summary>
    public void Drop(int slot)
    {
        if ((uint)slot < (uint)Capacity && _descriptors[slot] >= 0)
        {
            FileCalls.Close(_descriptors[slot]);
            _descriptors[slot] = -1;
            Count--;
        }
    }

    public void DropAll()
    {
        for (int slot = 0; slot < End; slot++)
        {
            Drop(slot);
        }
        End = 0;
    }

    public void Dispose()
    {
        DropAll();
        NativeMemory.Free(_descriptors);
    }
}
