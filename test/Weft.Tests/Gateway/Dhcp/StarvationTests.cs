using Weft.Gateway.Dhcp;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dhcp;

/// <summary>A hostile port gains its share of addresses and no more.</summary>
public sealed class StarvationTests
{
    private const ulong Attacker = 66;

    [Fact]
    public void A_hundred_thousand_made_up_clients_of_one_port_leave_the_pool_to_others()
    {
        using var bench = new DhcpBench();
        int got = 0;
        for (uint i = 0; i < 100_000; i++)
        {
            got += MadeUp(i).Obtain(bench, Attacker) is null ? 0 : 1;
            bench.Micros += 10;
        }
        Assert.Equal(4, got);
        Assert.NotNull(new DhcpClient(Mac("52:54:00:00:00:0a")).Obtain(bench, 1));
        Assert.True(bench.Server.Exhausted >= 99_000);
    }

    [Fact]
    public void Declining_all_it_gets_costs_the_attacker_its_own_share()
    {
        using var bench = new DhcpBench();
        for (uint i = 0; i < 1000; i++)
        {
            if (MadeUp(i).Obtain(bench, Attacker) is { } address)
            {
                bench.Send(MadeUp(i).Decline(address, Facts.Gateway), Attacker);
            }
        }
        Assert.NotNull(new DhcpClient(Mac("52:54:00:00:00:0a")).Obtain(bench, 1));
        Assert.Equal(5, bench.Store.All.Count);
    }

    [Fact]
    public void With_ports_unknown_declined_addresses_are_given_when_nothing_else_is_left()
    {
        using var bench = new DhcpBench();
        for (uint i = 0; i < 16; i++)
        {
            IpAddress? address = MadeUp(i).Obtain(bench, 0);
            Assert.NotNull(address);
            bench.Send(MadeUp(i).Decline(address.Value, Facts.Gateway), 0);
        }
        Assert.NotNull(new DhcpClient(Mac("52:54:00:00:00:0a")).Obtain(bench, 1));
    }

    [Fact]
    public void A_nic_that_changes_its_client_id_again_and_again_keeps_getting_an_address()
    {
        using var bench = new DhcpBench();
        for (byte i = 0; i < 20; i++)
        {
            var client = new DhcpClient(Mac("52:54:00:00:00:0a")) { ClientId = [255, i, i] };
            Assert.NotNull(client.Obtain(bench));
            bench.Wait(1);
        }
        Assert.Equal(4, bench.Store.All.Count);
        Assert.Equal(4, bench.RecordsInUse);
    }

    [Fact]
    public void A_used_up_pool_gives_the_longest_ended_lease_first()
    {
        using var bench = new DhcpBench(DhcpBench.DefaultScope with { MaxPerPort = 0 });
        for (uint i = 0; i < 16; i++)
        {
            Assert.NotNull(MadeUp(i).Obtain(bench));
            bench.Wait(1);
        }
        Assert.Null(MadeUp(99).Obtain(bench));
        bench.Wait(3600 - 14);
        Assert.Equal(Ip("10.20.0.15"), MadeUp(99).Obtain(bench));
        Assert.Equal(Ip("10.20.0.16"), MadeUp(98).Obtain(bench));
        Assert.Equal(16, bench.RecordsInUse);
    }

    [Fact]
    public void A_pool_larger_than_memory_is_bounded()
    {
        using var bench = new DhcpBench(DhcpBench.DefaultScope with
        {
            PrefixLength = 8,
            First = Ip("10.0.0.1"),
            Last = Ip("10.255.255.254"),
            MaxPerPort = 0,
        });
        for (uint i = 0; i < LeaseStore.MaxLeases + 2000; i++)
        {
            bench.Send(MadeUp(i).Discover());
        }
        Assert.Equal(LeaseStore.MaxLeases, bench.Store.All.Count);
        bench.Wait(11);
        Assert.NotNull(MadeUp(5_000_000).Obtain(bench));
        Assert.Equal(LeaseStore.MaxLeases, bench.Store.All.Count);
    }

    [Fact]
    public void Every_address_of_the_pool_is_given_once()
    {
        using var bench = new DhcpBench(DhcpBench.DefaultScope with { First = Ip("10.20.0.0"), Last = Ip("10.20.0.255"), MaxPerPort = 0 });
        var given = new HashSet<IpAddress>();
        for (uint i = 0; i < 300; i++)
        {
            if (MadeUp(i).Obtain(bench) is { } address)
            {
                Assert.True(given.Add(address));
            }
        }
        Assert.Equal(252, given.Count);
        Assert.DoesNotContain(Facts.Gateway, given);
        Assert.DoesNotContain(Facts.Dns, given);
    }

    private static DhcpClient MadeUp(uint number) => new(new MacAddress(0x0200_0000_0000UL | number));
}
