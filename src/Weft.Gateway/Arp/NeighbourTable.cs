using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Gateway.Arp;

/// <summary>
/// Theory. IP → (VLAN, MAC) of one network's guests, learned from the sender fields of ARP and from the sources of IPv4
/// frames. Fixed size in native memory: entries, hash chains over them, and one list from most to least recently seen; a
/// new address takes the place of the one longest silent. Only addresses within the subnet that are not our own, not the
/// subnet's broadcast or network address, with a unicast MAC, are taken: what is refused here can never be sent to.
/// A guest flooding made-up sources can push others out only in a subnet larger than the table; those are asked for by ARP.
/// </summary>
internal sealed unsafe class NeighbourTable : IDisposable
{
    public const int DefaultCapacity = 1024;

    /// <summary>After that long in silence (60 s) an entry is still used, but asked for again.</summary>
    public const long StaleAfter = 60_000_000;

    private const int None = -1;

    private readonly int _capacity;
    private readonly int _chainMask;

    // Made with the first neighbour: a network without guests has none.
    private Entry* _entries;
    private int* _chains;
    private int _count;
    private int _newest = None;
    private int _oldest = None;

    /// <param name="capacity">A power of two.</param>
    public NeighbourTable(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(capacity & (capacity - 1), 0);
        _capacity = capacity;
        _chainMask = capacity - 1;
    }

    public int Count => _count;

    /// <summary>Learns or refreshes. No allocation; one hash and one compare for a known neighbour.</summary>
    public NeighbourChange Learn(NetworkFacts facts, IpAddress address, MacAddress mac, ushort vlan, long now)
    {
        if (!WouldLearn(facts, address, mac))
        {
            return NeighbourChange.Refused;
        }
        var key = new MacKey(vlan, mac);
        int index = IndexOf(address);
        if (index == None)
        {
            Insert(address, key, now);
            return NeighbourChange.Added;
        }
        bool moved = _entries[index].Key != key;
        _entries[index].Key = key;
        _entries[index].Seen = now;
        MakeNewest(index);
        return moved ? NeighbourChange.Moved : NeighbourChange.Refreshed;
    }

    public bool TryFind(IpAddress address, out Neighbour neighbour)
    {
        int index = IndexOf(address);
        neighbour = index == None ? default : Read(index);
        return index != None;
    }

    /// <summary>Forgets a guest whose port went away.</summary>
    public void Forget(IpAddress address)
    {
        int index = IndexOf(address);
        if (index == None)
        {
            return;
        }
        Unlink(index);
        _count--;
        MoveLastInto(index);
    }

    /// <summary>The neighbour at <paramref name="index"/> of <see cref="Count"/>, in no order.</summary>
    public Neighbour Read(int index)
    {
        ref Entry entry = ref _entries[index];
        return new Neighbour(entry.Address, entry.Key.Mac, entry.Key.Vlan, entry.Seen);
    }

    public void Dispose()
    {
        NativeMemory.Free(_entries);
        NativeMemory.Free(_chains);
    }

    public static bool WouldLearn(NetworkFacts facts, IpAddress address, MacAddress mac) =>
        !mac.IsGroup && !mac.IsZero && facts.Contains(address) && !facts.IsOurs(address) && !facts.IsSubnetBroadcast(address) && !IsNetworkItself(facts, address);

    private static bool IsNetworkItself(NetworkFacts facts, IpAddress address) =>
        facts.PrefixLength < 31 && (address.V4 & (0xffff_ffffu >> facts.PrefixLength)) == 0;

    private void MakeRoom()
    {
        _entries = (Entry*)NativeMemory.AllocZeroed((nuint)_capacity, (nuint)sizeof(Entry));
        _chains = (int*)NativeMemory.Alloc((nuint)_capacity, sizeof(int));
        new Span<int>(_chains, _capacity).Fill(None);
    }

    private int IndexOf(IpAddress address)
    {
        if (_count == 0)
        {
            return None;
        }
        int index = *ChainOf(address);
        while (index != None && _entries[index].Address != address)
        {
            index = _entries[index].Next;
        }
        return index;
    }

    private int* ChainOf(IpAddress address) => _chains + ((int)((address.High ^ address.Low) * 0x9e37_79b9_7f4a_7c15UL >> 33) & _chainMask);

    private void Insert(IpAddress address, MacKey key, long now)
    {
        if (_entries == null)
        {
            MakeRoom();
        }
        int index = _count;
        if (_count == _capacity)
        {
            index = _oldest;
            Unlink(index);
        }
        else
        {
            _count++;
        }
        int* chain = ChainOf(address);
        _entries[index] = new Entry { Address = address, Key = key, Seen = now, Next = *chain };
        *chain = index;
        PutNewest(index);
    }

    /// <summary>Out of its chain and out of the order.</summary>
    private void Unlink(int index)
    {
        int* link = ChainOf(_entries[index].Address);
        while (*link != index)
        {
            link = &_entries[*link].Next;
        }
        *link = _entries[index].Next;
        LeaveOrder(index);
    }

    /// <summary>Keeps entries dense: the last one takes the free place.</summary>
    private void MoveLastInto(int index)
    {
        int last = _count;
        if (last == index)
        {
            return;
        }
        int* link = ChainOf(_entries[last].Address);
        while (*link != last)
        {
            link = &_entries[*link].Next;
        }
        *link = index;
        ref Entry entry = ref _entries[index];
        entry = _entries[last];
        (entry.Newer == None ? ref _newest : ref _entries[entry.Newer].Older) = index;
        (entry.Older == None ? ref _oldest : ref _entries[entry.Older].Newer) = index;
    }

    private void MakeNewest(int index)
    {
        if (index != _newest)
        {
            LeaveOrder(index);
            PutNewest(index);
        }
    }

    private void LeaveOrder(int index)
    {
        ref Entry entry = ref _entries[index];
        (entry.Newer == None ? ref _newest : ref _entries[entry.Newer].Older) = entry.Older;
        (entry.Older == None ? ref _oldest : ref _entries[entry.Older].Newer) = entry.Newer;
    }

    private void PutNewest(int index)
    {
        _entries[index].Newer = None;
        _entries[index].Older = _newest;
        (_newest == None ? ref _oldest : ref _entries[_newest].Newer) = index;
        _newest = index;
    }

    private struct Entry
    {
        public IpAddress Address;
        public MacKey Key;
        public long Seen;
        public int Next;
        public int Newer;
        public int Older;
    }
}
