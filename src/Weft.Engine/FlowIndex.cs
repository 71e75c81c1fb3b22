using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Engine;

/// <summary>The records behind a <see cref="FlowIndex{TRecords}"/>; a struct, so that the question is inlined.</summary>
public interface IFlowRecords
{
    /// <summary>True when the record at <paramref name="index"/> has exactly this key.</summary>
    bool Matches(int index, in FlowKey key);
}

/// <summary>
/// Theory. Finds the record of a key. The index holds a 32-bit hash and the record's number, 8 bytes an entry, nothing else:
/// equality is asked of the records. It is never stored and never moved: a successor fills it by a scan of the records.
/// Open addressing with linear probing over 1.5 × capacity places (12 bytes per record that fits; untouched pages cost
/// nothing). Removal shifts the following entries back (Knuth 6.4 R), so there are no tombstones and no rebuild.
/// The hash is NH (as in UMAC, RFC 4418 §5.2.1, with 64-bit words) over the key's six words with a random key of its own: a guest that chooses its
/// ports and peers cannot choose its place in the table.
/// </summary>
public sealed unsafe class FlowIndex<TRecords> : IDisposable
    where TRecords : struct, IFlowRecords
{
    private const int KeyWords = 6;

    private struct Place
    {
        public uint Hash;

        /// <summary>Record's index + 1; 0 = free.</summary>
        public int Record;
    }

    private readonly Place* _places;
    private readonly uint _size;
    private readonly int _capacity;
    private readonly ulong* _secret;
    private TRecords _records;

    /// <param name="capacity">Most records that will be in it at a time.</param>
    /// <param name="seed">Random; a secret from guests.</param>
    public FlowIndex(TRecords records, int capacity, ulong seed)
    {
        _records = records;
        _capacity = capacity;
        _size = (uint)(capacity + capacity / 2 + 8);
        _places = (Place*)NativeMemory.AllocZeroed(_size, (nuint)sizeof(Place));
        _secret = (ulong*)NativeMemory.Alloc(KeyWords + 1, sizeof(ulong));
        for (int i = 0; i <= KeyWords; i++)
        {
            _secret[i] = SplitMix(ref seed);
        }
        _secret[KeyWords] |= 1;
    }

    public int Count { get; private set; }

    /// <summary>The record of <paramref name="key"/>, or −1.</summary>
    public int Find(in FlowKey key)
    {
        uint hash = Hash(in key);
        for (uint at = Home(hash); _places[at].Record != 0; at = After(at))
        {
            if (_places[at].Hash == hash && _records.Matches(_places[at].Record - 1, in key))
            {
                return _places[at].Record - 1;
            }
        }
        return -1;
    }

    /// <summary>Adds a record whose key is not in the index yet.</summary>
    public void Add(in FlowKey key, int index)
    {
        if (Count == _capacity)
        {
            throw new InvalidOperationException("more records than the index was made for");
        }
        uint hash = Hash(in key);
        uint at = Home(hash);
        while (_places[at].Record != 0)
        {
            at = After(at);
        }
        _places[at] = new Place { Hash = hash, Record = index + 1 };
        Count++;
    }

    /// <summary>Removes the entry of record <paramref name="index"/>, which was added under <paramref name="key"/>; false when there is none.
    /// The record itself is not asked, so it may be cleared before or after.</summary>
    public bool Remove(in FlowKey key, int index)
    {
        for (uint at = Home(Hash(in key)); _places[at].Record != 0; at = After(at))
        {
            if (_places[at].Record == index + 1)
            {
                CloseGap(at);
                Count--;
                return true;
            }
        }
        return false;
    }

    public void Dispose()
    {
        NativeMemory.Free(_places);
        NativeMemory.Free(_secret);
    }

    /// <summary>Moves back each following entry that could not stand nearer to its home than the gap.</summary>
    private void CloseGap(uint gap)
    {
        for (uint at = After(gap); _places[at].Record != 0; at = After(at))
        {
            if (Distance(Home(_places[at].Hash), at) >= Distance(gap, at))
            {
                _places[gap] = _places[at];
                gap = at;
            }
        }
        _places[gap] = default;
    }

    private uint Home(uint hash) => (uint)(((ulong)hash * _size) >> 32);

    private uint After(uint at) => at + 1 == _size ? 0 : at + 1;

    private uint Distance(uint from, uint to) => to >= from ? to - from : to + _size - from;

    private uint Hash(in FlowKey key)
    {
        ref ulong words = ref Unsafe.As<FlowKey, ulong>(ref Unsafe.AsRef(in key));
        UInt128 sum = 0;
        for (int i = 0; i < KeyWords; i += 2)
        {
            ulong high = Math.BigMul(Unsafe.Add(ref words, i) + _secret[i], Unsafe.Add(ref words, i + 1) + _secret[i + 1], out ulong low);
            sum += new UInt128(high, low);
        }
        return (uint)((((ulong)(sum >> 64) ^ (ulong)sum) * _secret[KeyWords]) >> 32);
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9e37_79b9_7f4a_7c15UL;
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9UL;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11ebUL;
        return z ^ (z >> 31);
    }
}
