using Weft.Switching;
using Weft.Wire;

namespace Weft.Tests.Switching;

public sealed unsafe class MacTableTests
{
    [Fact]
    public void Random_operations_match_a_dictionary()
    {
        var random = new Random(11);
        using var table = new MacTable(8, 0x1234_5678_9abc_def1);
        var model = new Dictionary<ulong, ushort>();
        for (int step = 0; step < 200_000; step++)
        {
            var key = new MacKey((ushort)random.Next(3), new MacAddress((ulong)random.Next(2_000)));
            ushort port = (ushort)random.Next(8);
            MacEntry* entry = table.Find(key);
            Assert.Equal(model.ContainsKey(key.Value), entry != null);
            switch (random.Next(100))
            {
                case < 60 when entry == null:
                    Assert.True(table.TryAdd(key, port, 0));
                    model[key.Value] = port;
                    break;
                case < 60:
                    table.Move(entry, port);
                    model[key.Value] = port;
                    break;
                case < 98 when entry != null:
                    table.Remove(entry);
                    model.Remove(key.Value);
                    break;
                case 99 when random.Next(50) == 0:
                    table.Forget(port);
                    model.Where(pair => pair.Value == port).ToList().ForEach(pair => model.Remove(pair.Key));
                    break;
            }
        }
        Assert.Equal(model.Count, table.Count);
        Assert.All(model, pair => Assert.Equal(pair.Value, table.PortOf(new MacKey(pair.Key), 0)));
        Assert.All(Enumerable.Range(0, 8), port => Assert.Equal(model.Count(pair => pair.Value == port), table.CountOf((ushort)port)));
    }

    [Fact]
    public void A_full_table_refuses()
    {
        using var table = new MacTable(1, 99);
        for (int i = 0; i < MacTable.MaxEntries; i++)
        {
            Assert.True(table.TryAdd(new MacKey(0, new MacAddress((ulong)i)), 0, 0));
        }
        Assert.False(table.TryAdd(new MacKey(1, default), 0, 0));
        table.SweepAll(MacTable.AgeLimit + 1);
        Assert.Equal(0, table.Count);
        Assert.True(table.TryAdd(new MacKey(1, default), 0, 0));
    }
}
