using System.Runtime.InteropServices;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Wire;
using Weft.Worker;

namespace Weft.Tests.Worker;

/// <summary>Static names in their records: what a kill leaves there is the old name or the new one, whole.</summary>
public sealed unsafe class StaticNamesTests : IDisposable
{
    private const int Capacity = 4;

    private readonly void* _memory = NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(NameRecord));
    private readonly RecordArray<NameRecord> _records;
    private readonly StaticNames _names;

    public StaticNamesTests()
    {
        _records = new RecordArray<NameRecord>((byte*)_memory, Capacity);
        _names = new StaticNames(_records);
    }

    public void Dispose() => NativeMemory.Free(_memory);

    [Fact]
    public void A_changed_name_takes_another_place_and_frees_the_old_one()
    {
        Assert.Equal(0, _names.Put(Name("lab", "db", 1), 7));
        Assert.Equal(0, _names.Put(Name("lab", "db", 2), 8));
        Assert.Equal(0, _names.Put(Name("own", "db", 3), 9));

        Assert.Equal(["lab/db 2 (8)", "own/db 3 (9)"], There());
        Assert.Equal(0, _names.Remove(8, out NameRecord gone));
        Assert.Equal(("lab", "db"), (gone.Network.ToString(), gone.Name.ToString()));
        Assert.Equal(-Errno.ENOENT, _names.Remove(8, out _));
        Assert.Equal(-Errno.ENOENT, _names.Remove(0, out _));
        Assert.Equal(["own/db 3 (9)"], There());
    }

    [Fact]
    public void Of_two_that_a_kill_left_the_younger_is_the_name_and_what_makes_no_sense_goes()
    {
        _records[0] = Name("lab", "db", 2) with { Id = 12 };
        _records[1] = Name("lab", "db", 1) with { Id = 5 };
        _records[2] = Name("lab", "web", 1) with { Id = 6, Count = 9 };
        _records[3] = Name("lab", "api.example.test", 8) with { Id = 3 };

        _names.Restore();

        Assert.Equal(["lab/api.example.test 8 (3)", "lab/db 2 (12)"], There());
        Assert.Equal(0, _names.Put(Name("lab", "db", 3), 13));
        Assert.Equal(["lab/api.example.test 8 (3)", "lab/db 3 (13)"], There());
    }

    [Fact]
    public void A_full_table_refuses_and_freed_places_are_used_again()
    {
        for (ulong i = 1; i <= Capacity; i++)
        {
            Assert.Equal(0, _names.Put(Name("lab", $"n{i}", 1), i));
        }
        Assert.Equal(-Errno.ENOSPC, _names.Put(Name("lab", "n5", 1), 5));
        Assert.Equal(0, _names.Remove(2, out _));
        Assert.Equal(0, _names.Put(Name("lab", "n5", 1), 6));
        Assert.Equal(4, There().Length);
    }

    [Fact]
    public void A_record_that_makes_no_sense_is_refused()
    {
        Assert.Equal(-Errno.EINVAL, _names.Put(Name("lab", "db", 0), 1));
        Assert.Equal(-Errno.EINVAL, _names.Put(Name("lab", "db", 9), 1));
        Assert.Equal(-Errno.EINVAL, _names.Put(Name("lab", "", 1), 1));
        Assert.Equal(-Errno.EINVAL, _names.Put(Name("", "db", 1), 1));
        NameRecord endless = Name("lab", "db", 1);
        ((Span<byte>)endless.Name).Fill((byte)'a');
        Assert.Equal(-Errno.EINVAL, _names.Put(endless, 1));
        Assert.Empty(There());
    }

    private static NameRecord Name(string network, string name, uint addresses)
    {
        NameRecord record = new() { Network = Text64.From(network), Name = Text256.From(name), Count = addresses };
        for (int i = 0; i < Math.Min(addresses, NameRecord.MaxAddresses); i++)
        {
            record.Addresses[i] = IpAddress.FromV4(0x0a140001 + (uint)i);
        }
        return record;
    }

    private string[] There() => [.. Enumerable.Range(0, Capacity).Select(i => _records[i]).Where(r => r.Id != 0)
        .Select(r => $"{r.Network}/{r.Name} {r.Count} ({r.Id})").Order(StringComparer.Ordinal)];
}
