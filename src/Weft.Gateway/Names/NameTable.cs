using System.Text;
using Weft.Wire;
using Weft.Wire.Dns;

namespace Weft.Gateway.Names;

/// <summary>
/// Theory. One network's names ↔ addresses, as DNS answers them: the router's own names, those of its owner, the VMs' names, and
/// the names that guests give themselves by DHCP. A name is one label, and the domain is put behind it by whoever asks; only
/// owners give full names, too (NameTable.Static.cs). Entries are (label, address, source): a VM with two NICs has two addresses
/// under one name, an address may have a VM's and a learned name.
///   a learned name is refused while anybody else holds it, a VM's name while it is one of the router's or the owner's
///   an entry ends with its lease; ended ones are not found, and give their place to new ones
/// Lookups allocate nothing: two hash chains (by label, by address) over one array that grows to a bound. Guests find the
/// table full at that bound; what the owner gives comes on top.
/// </summary>
internal sealed partial class NameTable
{
    public const int MaxEntries = 4096;

    /// <summary>As many chains as places, and few at first: most networks have the router's names alone. A power of two.</summary>
    private const int FirstEntries = 4;
    private const int None = -1;

    private int[] _byLabel = new int[FirstEntries];
    private int[] _byAddress = new int[FirstEntries];
    private Entry[] _entries = new Entry[FirstEntries];
    private int _count;

    public NameTable() => Relink();

    public int Count => _count;

    /// <summary>The names that every network has: gateway and host for the router, dns where it has an address of its own.</summary>
    public void SetFixed(NetworkFacts facts)
    {
        RemoveWhere(NameSource.Fixed, default);
        Set("gateway"u8, facts.Gateway, NameSource.Fixed, long.MaxValue, 0);
        Set("host"u8, facts.Gateway, NameSource.Fixed, long.MaxValue, 0);
        if (!facts.Dns.IsNone && facts.Dns != facts.Gateway)
        {
            Set("dns"u8, facts.Dns, NameSource.Fixed, long.MaxValue, 0);
        }
    }

    /// <summary>The VMs' names anew: those with an address reserved have it with or without a lease; DHCP adds the others.</summary>
    public void SetReserved(GuestNics nics, long now)
    {
        RemoveWhere(NameSource.Guest, default);
        foreach (GuestNic nic in nics.All)
        {
            if (!nic.Reserved.IsNone)
            {
                Set(nic.Guest, nic.Reserved, NameSource.Guest, long.MaxValue, now);
            }
        }
    }

    /// <summary>Gives <paramref name="address"/> a name in place of its former one from the same source. False when the name is taken or is none.</summary>
    /// <param name="until">Lane time in microseconds at which it ends.</param>
    public bool Set(ReadOnlySpan<byte> name, IpAddress address, NameSource source, long until, long now)
    {
        Span<byte> label = stackalloc byte[HostLabel.MaxLength];
        if (!HostLabel.TryNormalize(name, label, out int length) || IsTaken(label[..length], address, source, now))
        {
            return false;
        }
        label = label[..length];
        if (TryExtend(label, address, source, until))
        {
            return true;
        }
        if (source != NameSource.Fixed)
        {
            RemoveWhere(source, address);
        }
        if (_count >= MaxEntries && source != NameSource.Fixed && !RemoveEnded(now))
        {
            return false;
        }
        Insert(label, address, source, until);
        return true;
    }

    public bool Set(string name, IpAddress address, NameSource source, long until, long now) =>
        Set(Encoding.UTF8.GetBytes(name), address, source, until, now);

    /// <summary>Ends every name of an address whose lease ended.</summary>
    public void Remove(IpAddress address)
    {
        RemoveWhere(NameSource.Learned, address);
        RemoveWhere(NameSource.Guest, address);
    }

    /// <summary>Writes the addresses that a label has, those of the highest source only; returns how many.</summary>
    public int Find(ReadOnlySpan<byte> label, long now, Span<IpAddress> addresses)
    {
        NameSource best = NameSource.None;
        int found = 0;
        for (int i = _byLabel[ChainOf(HostLabel.Hash(label))]; i != None; i = _entries[i].NextByLabel)
        {
            ref Entry entry = ref _entries[i];
            if (entry.Source < best || entry.Until <= now || !HostLabel.AreEqual(entry.Label, label))
            {
                continue;
            }
            if (entry.Source > best)
            {
                best = entry.Source;
                found = 0;
            }
            if (found < addresses.Length)
            {
                addresses[found++] = entry.Address;
            }
        }
        return found;
    }

    public bool TryFind(ReadOnlySpan<byte> label, long now, out IpAddress address)
    {
        address = default;
        return Find(label, now, new Span<IpAddress>(ref address)) > 0;
    }

    /// <summary>The best name of an address, in lower case: a label, or a full name in wire form.</summary>
    public bool TryNameOf(IpAddress address, long now, out ReadOnlySpan<byte> label)
    {
        int best = None;
        for (int i = _byAddress[ChainOf(HashOf(address))]; i != None; i = _entries[i].NextByAddress)
        {
            ref Entry entry = ref _entries[i];
            if (entry.Address == address && entry.Until > now && (best == None || IsBetter(in entry, in _entries[best])))
            {
                best = i;
            }
        }
        label = best == None ? default : _entries[best].Label;
        return best != None;
    }

    /// <summary>The higher source, then labels before full names, then the alphabet: gateway before host.</summary>
    private static bool IsBetter(in Entry one, in Entry other)
    {
        if (one.Source != other.Source)
        {
            return one.Source > other.Source;
        }
        bool isWhole = IsWhole(one.Label);
        return isWhole == IsWhole(other.Label) ? one.Label.AsSpan().SequenceCompareTo(other.Label) < 0 : !isWhole;
    }

    private bool IsTaken(ReadOnlySpan<byte> label, IpAddress address, NameSource source, long now)
    {
        for (int i = _byLabel[ChainOf(HostLabel.Hash(label))]; i != None; i = _entries[i].NextByLabel)
        {
            ref Entry entry = ref _entries[i];
            bool isStronger = entry.Source > source || (entry.Source == NameSource.Learned && source == NameSource.Learned);
            if (isStronger && entry.Address != address && entry.Until > now && entry.Label.AsSpan().SequenceEqual(label))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A renewed lease: the entry is there already.</summary>
    private bool TryExtend(ReadOnlySpan<byte> label, IpAddress address, NameSource source, long until)
    {
        for (int i = _byAddress[ChainOf(HashOf(address))]; i != None; i = _entries[i].NextByAddress)
        {
            ref Entry entry = ref _entries[i];
            if (entry.Address == address && entry.Source == source && entry.Label.AsSpan().SequenceEqual(label))
            {
                entry.Until = until;
                return true;
            }
        }
        return false;
    }

    private void Insert(ReadOnlySpan<byte> label, IpAddress address, NameSource source, long until)
    {
        if (_count == _entries.Length)
        {
            Grow();
        }
        ref Entry entry = ref _entries[_count];
        entry = new Entry { Label = label.ToArray(), Address = address, Source = source, Until = until };
        Link(_count++);
    }

    private void Grow()
    {
        Array.Resize(ref _entries, 2 * _count);
        _byLabel = new int[2 * _count];
        _byAddress = new int[2 * _count];
        Relink();
    }

    private void Link(int index)
    {
        ref Entry entry = ref _entries[index];
        ref int label = ref _byLabel[ChainOf(HostLabel.Hash(entry.Label))];
        ref int address = ref _byAddress[ChainOf(HashOf(entry.Address))];
        entry.NextByLabel = label;
        entry.NextByAddress = address;
        label = index;
        address = index;
    }

    private void RemoveWhere(NameSource source, IpAddress address)
    {
        bool removed = false;
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_entries[i].Source == source && (address.IsNone || _entries[i].Address == address))
            {
                _entries[i] = _entries[--_count];
                removed = true;
            }
        }
        if (removed)
        {
            Relink();
        }
    }

    private bool RemoveEnded(long now)
    {
        int before = _count;
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_entries[i].Until <= now)
            {
                _entries[i] = _entries[--_count];
            }
        }
        Relink();
        return _count < before;
    }

    /// <summary>Names change with leases, not with queries: building both indexes anew is simpler than unlinking from them.</summary>
    private void Relink()
    {
        Array.Fill(_byLabel, None);
        Array.Fill(_byAddress, None);
        for (int i = 0; i < _count; i++)
        {
            Link(i);
        }
    }

    private int ChainOf(uint hash) => (int)(hash & (uint)(_entries.Length - 1));

    private static uint HashOf(IpAddress address) => (uint)((address.High ^ address.Low) * 0x9e37_79b9_7f4a_7c15UL >> 40);

    private struct Entry
    {
        public byte[] Label;
        public IpAddress Address;
        public NameSource Source;
        public long Until;
        public int NextByLabel;
        public int NextByAddress;
    }
}
