using System.Runtime.InteropServices;

namespace Weft.Gateway.Nat;

/// <summary>Free indexes of a table: those given back first, then those never used, in order. So a table is used from its
/// start, and a scan at takeover may end at the first record that was never written.</summary>
internal sealed unsafe class IndexPool(int capacity) : IDisposable
{
    private readonly int* _free = (int*)NativeMemory.Alloc((nuint)capacity, sizeof(int));
    private int _freeCount;
    private int _used;

    /// <summary>Indexes in use.</summary>
    public int Count => _used - _freeCount;

    /// <summary>Indexes at or above were never used.</summary>
    public int Used => _used;

    /// <summary>A free index, or −1.</summary>
    public int Rent()
    {
        if (_freeCount > 0)
        {
            return _free[--_freeCount];
        }
        return _used < capacity ? _used++ : -1;
    }

    public void Return(int index) => _free[_freeCount++] = index;

    public void Dispose() => NativeMemory.Free(_free);
}
