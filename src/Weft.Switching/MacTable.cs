using System.Numerics;
using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Switching;

/// <summary>
/// Theory. (VLAN, MAC) → port in native memory, open addressing with linear probing, at most half full, so a probe is one
/// or two cache lines. Removal shifts the followers back: no tombstones, and the table does not wear out under a flood of
/// addresses. It doubles when half full up to <see cref="MaxSlots"/>; beyond that <see cref="TryAdd"/> refuses.
/// The hash is multiplicative with a random odd factor: who chooses addresses cannot choose collisions.
/// Entries age: who looks one up that is too old removes it; a bounded sweep per burst does it for the others.
/// An entry's pointer is valid until the next add or removal.
/// </summary>
internal sealed unsafe class MacTable : IDisposable
{
    public const long AgeLimit = 300_000_000;
    public const int MaxSlots = 65_536;
    public const int MaxEntries = MaxSlots / 2;
    private const int FirstSlots = 64;

    private readonly ulong _factor;
    private int[] _countOfPort;
    private MacEntry* _slots;
    private int _mask;
    private int _sweepAt;

    /// <param name="ports">Port numbers are below this, until <see cref="TakePorts"/> says otherwise.</param>
    public MacTable(int ports, ulong seed)
    {
        _countOfPort = new int[ports];
        _factor = FactorFrom(seed);
        _slots = Allocate(FirstSlots);
        _mask = FirstSlots - 1;
    }

    public int Count { get; private set; }

    public int CountOf(ushort port) => _countOfPort[port];

    /// <summary>Port numbers are below <paramref name="ports"/> from now on, which are no fewer.</summary>
    public void TakePorts(int ports) => Array.Resize(ref _countOfPort, ports);

    /// <summary>The entry, old or not; null when there is none.</summary>
    public MacEntry* Find(MacKey key)
    {
        ulong mark = MacEntry.MarkOf(key);
        for (int i = HomeOf(mark); ; i = (i + 1) & _mask)
        {
            MacEntry* entry = _slots + i;
            if (entry->Mark == mark)
            {
                return entry;
            }
            if (entry->IsFree)
            {
                return null;
            }
        }
    }

    /// <summary>The port that owns <paramref name="key"/>, or −1. An entry that is too old goes.</summary>
    public int PortOf(MacKey key, long now)
    {
        MacEntry* entry = Find(key);
        if (entry == null)
        {
            return -1;
        }
        if (now - entry->Seen > AgeLimit)
        {
            Remove(entry);
            return -1;
        }
        return entry->Port;
    }

    /// <summary>As <see cref="PortOf"/>, but nothing goes.</summary>
    public int PeekPortOf(MacKey key, long now)
    {
        MacEntry* entry = Find(key);
        return entry == null || now - entry->Seen > AgeLimit ? -1 : entry->Port;
    }

    /// <summary>Entries of a port that are not too old; by a walk over all.</summary>
    public int YoungOf(ushort port, long now)
    {
        int count = 0;
        for (int i = 0; i <= _mask; i++)
        {
            count += !_slots[i].IsFree && _slots[i].Port == port && now - _slots[i].Seen <= AgeLimit ? 1 : 0;
        }
        return count;
    }

    /// <summary>Adds a key that is not there. False when the table is full.</summary>
    public bool TryAdd(MacKey key, ushort port, long now)
    {
        if (2 * (Count + 1) > _mask + 1 && !TryGrow())
        {
            return false;
        }
        *FreeSlotFor(MacEntry.MarkOf(key)) = new MacEntry { Mark = MacEntry.MarkOf(key), Seen = now, MovesSince = now, Port = port };
        _countOfPort[port]++;
        Count++;
        return true;
    }

    public void Move(MacEntry* entry, ushort port)
    {
        _countOfPort[entry->Port]--;
        _countOfPort[port]++;
        entry->Port = port;
    }

    /// <summary>Removes an entry and shifts back what had been pushed past its slot.</summary>
    public void Remove(MacEntry* entry)
    {
        _countOfPort[entry->Port]--;
        Count--;
        int hole = (int)(entry - _slots);
        for (int i = (hole + 1) & _mask; !_slots[i].IsFree; i = (i + 1) & _mask)
        {
            int distance = (i - HomeOf(_slots[i].Mark)) & _mask;
            if (distance >= ((i - hole) & _mask))
            {
                _slots[hole] = _slots[i];
                hole = i;
            }
        }
        _slots[hole] = default;
    }

    public void Forget(ushort port)
    {
        for (int i = 0; i <= _mask && _countOfPort[port] > 0;)
        {
            if (!_slots[i].IsFree && _slots[i].Port == port)
            {
                Remove(_slots + i);
            }
            else
            {
                i++;
            }
        }
    }

    /// <summary>Looks at the next slots, removes what is too old; <paramref name="steps"/> looks at most.</summary>
    public void Sweep(long now, int steps)
    {
        for (int left = steps; left > 0; left--)
        {
            MacEntry* entry = _slots + (_sweepAt & _mask);
            if (!entry->IsFree && now - entry->Seen > AgeLimit)
            {
                Remove(entry);
            }
            else
            {
                _sweepAt++;
            }
        }
    }

    /// <summary>Every slot is looked at once, and once more after each removal.</summary>
    public void SweepAll(long now) => Sweep(now, _mask + 1 + Count);

    public void Dispose()
    {
        NativeMemory.Free(_slots);
        _slots = null;
    }

    /// <summary>Any seed, small ones too, as an odd number with bits all over (the finisher of SplitMix64).</summary>
    private static ulong FactorFrom(ulong seed)
    {
        seed = (seed ^ (seed >> 30)) * 0xbf58_476d_1ce4_e5b9UL;
        seed = (seed ^ (seed >> 27)) * 0x94d0_49bb_1331_11ebUL;
        return (seed ^ (seed >> 31)) | 1;
    }

    private int HomeOf(ulong mark) => (int)((mark * _factor) >> (64 - BitOperations.Log2((uint)_mask + 1)));

    private MacEntry* FreeSlotFor(ulong mark)
    {
        int i = HomeOf(mark);
        while (!_slots[i].IsFree)
        {
            i = (i + 1) & _mask;
        }
        return _slots + i;
    }

    private bool TryGrow()
    {
        int slots = _mask + 1;
        if (slots == MaxSlots)
        {
            return false;
        }
        MacEntry* old = _slots;
        _slots = Allocate(2 * slots);
        _mask = 2 * slots - 1;
        for (int i = 0; i < slots; i++)
        {
            if (!old[i].IsFree)
            {
                *FreeSlotFor(old[i].Mark) = old[i];
            }
        }
        NativeMemory.Free(old);
        return true;
    }

    private static MacEntry* Allocate(int slots) => (MacEntry*)NativeMemory.AllocZeroed((nuint)slots, (nuint)sizeof(MacEntry));
}
