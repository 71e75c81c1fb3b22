using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Worker;

/// <summary>
/// Theory. The static names of all declared networks: records in the shared memory, and by network the places where they lie.
/// A changed name is a new record, complete before the old one is freed. A kill in between leaves both: the younger one, by
/// its id, is the name.
/// </summary>
internal sealed unsafe class StaticNames(RecordArray<NameRecord> records)
{
    private readonly Dictionary<string, List<int>> _places = new(StringComparer.Ordinal);

    /// <summary>No record before this one is free.</summary>
    private int _freeBefore;

    /// <summary>Takes over what a predecessor left.</summary>
    public void Restore()
    {
        for (int i = 0; i < records.Capacity; i++)
        {
            if (records.At(i)->Id != 0 && !IsSound(in records[i]))
            {
                records.At(i)->Id = 0;
            }
            if (records.At(i)->Id != 0)
            {
                Keep(i);
            }
        }
    }

    /// <summary>Adds a name, or takes the place of the one that there is; 0 or a negative errno.</summary>
    public int Put(in NameRecord wanted, ulong id)
    {
        if (!IsSound(in wanted))
        {
            return -Errno.EINVAL;
        }
        int index = Free();
        if (index < 0)
        {
            return -Errno.ENOSPC;
        }
        NameRecord* record = records.At(index);
        *record = wanted;
        record->Id = 0;
        Volatile.Write(ref record->Id, id);
        Keep(index);
        return 0;
    }

    /// <summary>Frees a record; what it said is in <paramref name="gone"/>.</summary>
    public int Remove(ulong id, out NameRecord gone)
    {
        gone = default;
        for (int i = 0; id != 0 && i < records.Capacity; i++)
        {
            if (records.At(i)->Id == id)
            {
                gone = records[i];
                PlacesOf(gone.Network.ToString()).Remove(i);
                End(i);
                return 0;
            }
        }
        return -Errno.ENOENT;
    }

    /// <summary>Tells a new gateway of a declared network all its names.</summary>
    public void GiveTo(Gateway.Gateway gateway, string network)
    {
        foreach (int place in _places.GetValueOrDefault(network, []))
        {
            gateway.PutName(in records[place]);
        }
    }

    private void Keep(int index)
    {
        List<int> places = PlacesOf(records[index].Network.ToString());
        int at = places.FindIndex(place => HaveOneName(in records[place], in records[index]));
        if (at < 0)
        {
            places.Add(index);
            return;
        }
        bool isYounger = records[index].Id > records[places[at]].Id;
        End(isYounger ? places[at] : index);
        places[at] = isYounger ? index : places[at];
    }

    private void End(int index)
    {
        Volatile.Write(ref records[index].Id, 0);
        _freeBefore = Math.Min(_freeBefore, index);
    }

    private List<int> PlacesOf(string network)
    {
        if (!_places.TryGetValue(network, out List<int>? places))
        {
            _places[network] = places = [];
        }
        return places;
    }

    private int Free()
    {
        while (_freeBefore < records.Capacity && records.At(_freeBefore)->Id != 0)
        {
            _freeBefore++;
        }
        return _freeBefore < records.Capacity ? _freeBefore : -1;
    }

    private static bool HaveOneName(in NameRecord one, in NameRecord other) => ((ReadOnlySpan<byte>)one.Name).SequenceEqual(other.Name);

    private static bool IsSound(in NameRecord record) =>
        record.Count is > 0 and <= NameRecord.MaxAddresses && record.Name[0] != 0 && record.Name[^1] == 0 && record.Network[0] != 0;
}
