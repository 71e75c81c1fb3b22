using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Engine;

public sealed class FlowIndexTests
{
    private readonly struct Keys(FlowKey[] keys) : IFlowRecords
    {
        public bool Matches(int index, in FlowKey key) => keys[index] == key;
    }

    [Fact]
    public unsafe void A_key_has_no_padding() => Assert.Equal(48, sizeof(FlowKey));

    [Fact]
    public void Adds_and_removes_match_a_dictionary()
    {
        const int capacity = 300;
        var keys = new FlowKey[capacity];
        using var index = new FlowIndex<Keys>(new Keys(keys), capacity, seed: 42);
        var expected = new Dictionary<FlowKey, int>();
        var free = new Stack<int>(Enumerable.Range(0, capacity));
        var random = new Random(1);
        for (int round = 0; round < 50_000; round++)
        {
            FlowKey key = Key(random.Next(600));
            Assert.Equal(expected.GetValueOrDefault(key, -1), index.Find(key));
            if (expected.Remove(key, out int record))
            {
                Assert.True(index.Remove(key, record));
                Assert.False(index.Remove(key, record));
                free.Push(record);
            }
            else if (free.TryPop(out record))
            {
                keys[record] = key;
                index.Add(key, record);
                expected.Add(key, record);
            }
            Assert.Equal(expected.Count, index.Count);
        }
    }

    [Fact]
    public void A_full_index_finds_everything_and_nothing_else()
    {
        const int capacity = 65_536;
        FlowKey[] keys = [.. Enumerable.Range(0, capacity).Select(Key)];
        using var index = new FlowIndex<Keys>(new Keys(keys), capacity, seed: 3);
        for (int i = 0; i < capacity; i++)
        {
            index.Add(keys[i], i);
        }
        Assert.All(Enumerable.Range(0, capacity), i => Assert.Equal(i, index.Find(keys[i])));
        Assert.Equal(-1, index.Find(Key(capacity + 1)));
        Assert.Throws<InvalidOperationException>(() => index.Add(Key(capacity + 1), 0));
    }

    private static FlowKey Key(int number) => new(1 + (ulong)number % 3, IpAddress.FromV4(0x0a000200u + (uint)number % 7),
        IpAddress.FromV4(0xc0000200u), (ushort)(number % 50_000), (ushort)(number / 50_000), 17);
}
