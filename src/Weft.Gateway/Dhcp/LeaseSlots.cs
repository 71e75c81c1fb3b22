using System.Numerics;
using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// Places in the shared memory's lease array, taken by the lanes of one worker without a lock: one bit per record, taken by
/// compare-and-swap. The bits are rebuilt from the records at takeover.
/// </summary>
public sealed class LeaseSlots
{
    private readonly RecordArray<LeaseRecord> _records;
    private readonly ulong[] _taken;

    public LeaseSlots(RecordArray<LeaseRecord> records)
    {
        _records = records;
        _taken = new ulong[(records.Capacity + 63) / 64];
        for (int i = 0; i < _taken.Length * 64; i++)
        {
            if (i >= records.Capacity || records[i].NetworkId != 0)
            {
                _taken[i / 64] |= 1UL << (i & 63);
            }
        }
    }

    public RecordArray<LeaseRecord> Records => _records;

    /// <summary>The first place at or behind <paramref name="from"/> that is taken; −1 when none is.</summary>
    public int NextTaken(int from)
    {
        int slot = BitWords.NextSet(_taken, from);
        return slot < _records.Capacity ? slot : -1;
    }

    /// <summary>A free place; −1 when there is none.</summary>
    public int Take()
    {
        for (int word = 0; word < _taken.Length; word++)
        {
            ulong taken = Volatile.Read(ref _taken[word]);
            while (taken != ulong.MaxValue)
            {
                int bit = BitOperations.TrailingZeroCount(~taken);
                ulong before = Interlocked.CompareExchange(ref _taken[word], taken | (1UL << bit), taken);
                if (before == taken)
                {
                    return word * 64 + bit;
                }
                taken = before;
            }
        }
        return -1;
    }

    /// <summary>Gives a place back; its record's network id is zero by now.</summary>
    public void Return(int slot) => Interlocked.And(ref _taken[slot / 64], ~(1UL << (slot & 63)));
}
