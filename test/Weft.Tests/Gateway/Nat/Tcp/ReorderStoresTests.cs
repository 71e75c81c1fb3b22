using Weft.Engine;
using Weft.Gateway.Nat.Tcp;
using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>The out-of-order store against a plain model, and its bounds.</summary>
public sealed unsafe class ReorderStoresTests
{
    private static readonly uint Start = 0xffff_f000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_comes_out_is_what_went_in_in_order_and_once(int seed)
    {
        const int Span = 60_000;
        var random = new Random(seed);
        using var stores = new ReorderStores(capacity: 2, smallBlocks: 64, largeBlocks: 2);
        short store = stores.Rent();
        var known = new bool[Span];
        for (int i = 0; i < 60; i++)
        {
            int at = random.Next(1, Span - 4000);
            int length = random.Next(1, random.Next(10) == 0 ? 4000 : 1500);
            if (Keep(stores, store, at, length))
            {
                known.AsSpan(at, length).Fill(true);
            }
        }
        AssertBlocks(stores, store, known);
        int next = 1;
        while (next < Span)
        {
            if (!stores.TryFirst(store, Start + (uint)next, out IoVec run))
            {
                Assert.False(known[next]);
                next++;
                continue;
            }
            for (int i = 0; i < (int)run.Length; i++)
            {
                Assert.True(known[next + i]);
                Assert.Equal(Pattern.At(next + i), run.Start[i]);
            }
            next += (int)run.Length;
            stores.DropFirst(store);
        }
        stores.TryFirst(store, Start + Span, out _);
        Assert.True(stores.IsEmpty(store));
        stores.Return(store);
        Assert.Equal(0, stores.InUse);
    }

    [Fact]
    public void It_is_bounded_in_stores_and_memory()
    {
        using var stores = new ReorderStores(capacity: 2, smallBlocks: 3, largeBlocks: 1);
        short a = stores.Rent();
        short b = stores.Rent();
        Assert.Equal(-1, stores.Rent());
        Assert.True(Keep(stores, a, 1000, 10));
        Assert.True(Keep(stores, b, 1000, 10));
        Assert.True(Keep(stores, a, 2000, 10));
        Assert.False(Keep(stores, a, 3000, 10));
        Assert.True(Keep(stores, b, 9000, 60_000));
        Assert.False(Keep(stores, a, 9000, 60_000));
        stores.Return(a);
        stores.Return(b);
        Assert.Equal(0, stores.InUse);
        a = stores.Rent();
        Assert.True(stores.IsEmpty(a));
        Assert.True(Keep(stores, a, 9000, 60_000));
    }

    [Fact]
    public void The_newest_range_is_reported_first_and_what_is_next_not_at_all()
    {
        using var stores = new ReorderStores(capacity: 1, smallBlocks: 16, largeBlocks: 1);
        short store = stores.Rent();
        Keep(stores, store, 100, 100);
        Keep(stores, store, 300, 100);
        Keep(stores, store, 500, 100);
        Keep(stores, store, 200, 50);
        Span<uint> pairs = stackalloc uint[8];
        Assert.Equal(3, stores.WriteSackBlocks(store, Start, 4, pairs));
        Assert.Equal([Start + 100, Start + 250, Start + 300, Start + 400, Start + 500, Start + 600], pairs[..6].ToArray());
        Assert.Equal(2, stores.WriteSackBlocks(store, Start + 100, 4, pairs));
        Assert.Equal(1, stores.WriteSackBlocks(store, Start, 1, pairs));
        Assert.Equal(Start + 100, pairs[0]);
    }

    private static void AssertBlocks(ReorderStores stores, short store, bool[] known)
    {
        Span<uint> pairs = stackalloc uint[8];
        int count = stores.WriteSackBlocks(store, Start, 4, pairs);
        Assert.InRange(count, 1, 4);
        for (int i = 0; i < count; i++)
        {
            int from = (int)(pairs[2 * i] - Start);
            int to = (int)(pairs[2 * i + 1] - Start);
            Assert.True(from > 0 && to > from && !known[from - 1] && !known[to]);
            Assert.DoesNotContain(false, known[from..to]);
        }
    }

    private static bool Keep(ReorderStores stores, short store, int at, int length)
    {
        byte* bytes = stackalloc byte[length];
        Pattern.Fill(new Span<byte>(bytes, length), at);
        var frame = new FrameRef { Head = bytes, HeadLength = length, Length = length };
        return stores.TryKeep(store, Start + (uint)at, in frame, 0, length);
    }
}
