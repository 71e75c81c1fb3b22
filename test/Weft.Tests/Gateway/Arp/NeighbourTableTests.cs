using Weft.Gateway;
using Weft.Gateway.Arp;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Arp;

public sealed class NeighbourTableTests
{
    private static readonly MacAddress Guest = Mac("52:54:00:00:00:0a");

    [Theory]
    [InlineData("10.20.0.1", "52:54:00:00:00:0a")]
    [InlineData("10.20.0.3", "52:54:00:00:00:0a")]
    [InlineData("10.20.0.0", "52:54:00:00:00:0a")]
    [InlineData("10.20.0.255", "52:54:00:00:00:0a")]
    [InlineData("10.20.1.9", "52:54:00:00:00:0a")]
    [InlineData("0.0.0.0", "52:54:00:00:00:0a")]
    [InlineData("10.20.0.9", "01:00:5e:00:00:01")]
    [InlineData("10.20.0.9", "ff:ff:ff:ff:ff:ff")]
    [InlineData("10.20.0.9", "00:00:00:00:00:00")]
    public void Refuses_what_is_no_guest(string address, string mac)
    {
        using var table = new NeighbourTable(16);
        Assert.Equal(NeighbourChange.Refused, table.Learn(Facts, Ip(address), Mac(mac), 0, 1));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Learns_refreshes_and_follows_a_move()
    {
        using var table = new NeighbourTable(16);
        IpAddress address = Ip("10.20.0.9");
        Assert.Equal(NeighbourChange.Added, table.Learn(Facts, address, Guest, 5, 1));
        Assert.Equal(NeighbourChange.Refreshed, table.Learn(Facts, address, Guest, 5, 2));
        Assert.Equal(NeighbourChange.Moved, table.Learn(Facts, address, Mac("52:54:00:00:00:0b"), 5, 3));
        Assert.True(table.TryFind(address, out Neighbour found));
        Assert.Equal(new Neighbour(address, Mac("52:54:00:00:00:0b"), 5, 3), found);
        table.Forget(address);
        Assert.False(table.TryFind(address, out _));
    }

    [Fact]
    public void The_longest_silent_gives_way()
    {
        using var table = new NeighbourTable(4);
        for (int i = 10; i < 14; i++)
        {
            table.Learn(Facts, Ip($"10.20.0.{i}"), Guest, 0, i);
        }
        table.Learn(Facts, Ip("10.20.0.10"), Guest, 0, 20);
        table.Learn(Facts, Ip("10.20.0.99"), Guest, 0, 21);
        Assert.Equal(4, table.Count);
        Assert.False(table.TryFind(Ip("10.20.0.11"), out _));
        Assert.True(table.TryFind(Ip("10.20.0.10"), out _));
        Assert.True(table.TryFind(Ip("10.20.0.99"), out _));
    }

    /// <summary>Against a model: a list in order of use.</summary>
    [Fact]
    public void Agrees_with_a_model_over_random_steps()
    {
        NetworkFacts facts = Facts with { PrefixLength = 16 };
        var random = new Random(1);
        using var table = new NeighbourTable(32);
        var model = new List<(IpAddress Address, ulong Mac)>();
        for (int step = 0; step < 50_000; step++)
        {
            IpAddress address = IpAddress.FromV4(0x0a140100 + (uint)random.Next(1, 60));
            int known = model.FindIndex(one => one.Address == address);
            if (random.Next(10) == 0)
            {
                table.Forget(address);
                if (known >= 0)
                {
                    model.RemoveAt(known);
                }
            }
            else
            {
                ulong mac = 0x5254_0000_0000UL + (ulong)random.Next(4);
                table.Learn(facts, address, new MacAddress(mac), 0, step);
                if (known >= 0)
                {
                    model.RemoveAt(known);
                }
                else if (model.Count == 32)
                {
                    model.RemoveAt(0);
                }
                model.Add((address, mac));
            }
            Assert.Equal(model.Count, table.Count);
            (IpAddress Address, ulong Mac) any = model.Count == 0 ? default : model[random.Next(model.Count)];
            Assert.Equal(model.Count != 0, table.TryFind(any.Address, out Neighbour found));
            Assert.Equal(any.Mac, found.Mac.Value);
        }
    }

    [Fact]
    public void Learning_allocates_nothing()
    {
        using var table = new NeighbourTable(16);
        table.Learn(Facts, Ip("10.20.0.9"), Guest, 0, 1);
        IpAddress address = Ip("10.20.0.10");
        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                table.Learn(Facts, address, Guest, 0, i);
                table.TryFind(address, out _);
            }
        }));
    }
}
