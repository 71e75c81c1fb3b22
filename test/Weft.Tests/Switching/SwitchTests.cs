using Weft.Engine;
using Weft.Switching;
using Weft.Tests.Engine;
using Weft.Wire;
using static Weft.Tests.Switching.SwitchScene;

namespace Weft.Tests.Switching;

public sealed class SwitchTests
{
    [Fact]
    public void Unknown_is_flooded_and_known_goes_to_its_port_alone()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(3);
        scene.Send(0, Frame(Mac(2), Mac(1)));
        Assert.Equal([0, 1, 1], scene.Endpoints.Select(e => e.Delivered.Count));
        scene.Send(1, Frame(Mac(1), Mac(2)));
        Assert.Equal([1, 1, 1], scene.Endpoints.Select(e => e.Delivered.Count));
    }

    [Fact]
    public void It_grows_with_its_ports_and_forgets_nothing()
    {
        const int Ports = 300;
        using SwitchScene scene = new();
        for (int i = 0; i < Ports; i++)
        {
            scene.WithPorts(1).Learn(i, i);
        }
        scene.ClearDelivered();
        for (int i = 0; i < Ports; i++)
        {
            scene.Send(i, Frame(Mac((i + 7) % Ports), Mac(i), mark: (byte)i));
        }
        for (int i = 0; i < Ports; i++)
        {
            Assert.Equal([(byte)((i + Ports - 7) % Ports)], scene.Marks(i));
        }
    }

    [Fact]
    public void It_has_a_bound()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(Switch.MaxPorts);
        Assert.Throws<InvalidOperationException>(() => scene.WithPorts(1));
    }

    [Fact]
    public void Vlans_learn_apart()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(3);
        scene.Send(0, Frame(Mac(9), Mac(1), vlan: 5));
        scene.ClearDelivered();
        scene.Send(1, Frame(Mac(1), Mac(2), vlan: 5), Frame(Mac(1), Mac(2), vlan: 6));
        Assert.Equal([2, 0, 1], scene.Endpoints.Select(e => e.Delivered.Count));
    }

    [Fact]
    public void An_address_ages_after_300_seconds_of_silence()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(3);
        scene.Learn(0, 1);
        scene.Time.Advance(TimeSpan.FromSeconds(299));
        scene.ClearDelivered();
        scene.Send(1, Frame(Mac(1), Mac(2)));
        Assert.Empty(scene.Endpoints[2].Delivered);
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        scene.Send(1, Frame(Mac(1), Mac(2)));
        Assert.Single(scene.Endpoints[2].Delivered);
    }

    [Fact]
    public void The_sweep_empties_the_table()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(2, macLimit: 1000);
        for (int i = 1; i <= 900; i++)
        {
            scene.Learn(0, i);
        }
        Assert.Equal(900, scene.Switch.MacCount);
        scene.Time.Advance(TimeSpan.FromSeconds(301));
        for (int i = 0; i < 400; i++)
        {
            scene.Time.Advance(TimeSpan.FromMilliseconds(10));
            scene.Learn(1, 5000);
        }
        Assert.Equal(1, scene.Switch.MacCount);
    }

    [Fact]
    public void A_million_sources_from_one_port_evict_nobody_else()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(3);
        scene.Learn(1, 1);
        scene.Endpoints.ForEach(e => e.Keeps = false);
        var flood = new byte[64][];
        for (int round = 0; round < 1_000_000 / 64; round++)
        {
            for (int i = 0; i < 64; i++)
            {
                flood[i] = Frame(Mac(2), Mac(1000 + round * 64 + i));
            }
            scene.Send(0, flood);
        }
        Assert.Equal(1_000_000UL - 64, scene.Drops(0, DropReason.MacLimit));
        Assert.Equal(65, scene.Switch.MacCount);
        scene.Endpoints.ForEach(e => e.Keeps = true);
        scene.ClearDelivered();
        scene.Send(2, Frame(Mac(1), Mac(3)));
        Assert.Single(scene.Endpoints[1].Delivered);
        Assert.Empty(scene.Endpoints[0].Delivered);
    }

    [Fact]
    public void The_cap_counts_only_addresses_still_in_use()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(2, macLimit: 2);
        scene.Learn(0, 1);
        scene.Learn(0, 2);
        scene.Learn(0, 3);
        Assert.Equal(1UL, scene.Drops(0, DropReason.MacLimit));
        scene.Time.Advance(TimeSpan.FromSeconds(301));
        scene.Learn(0, 3);
        Assert.Equal(1UL, scene.Drops(0, DropReason.MacLimit));
    }

    [Fact]
    public void An_uplink_beyond_its_share_still_passes()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(1, PortRole.Uplink).WithPorts(1);
        scene.Endpoints.ForEach(e => e.Keeps = false);
        for (int i = 0; i < 40_000; i++)
        {
            scene.Learn(0, i);
        }
        Assert.Equal(40_000, scene.Endpoints[1].DeliveredCount);
        Assert.Equal(MacTable.MaxEntries / 4 * 3, scene.Switch.MacCount);
        scene.Learn(1, 50_000);
        Assert.Equal(scene.Endpoints[1].Room, scene.Switch.RoomToward(new MacKey(0, Mac(50_000))));
        Assert.Equal(MacTable.MaxEntries / 4 * 3 + 1, scene.Switch.MacCount);
    }

    [Fact]
    public void A_flapping_address_stays_with_its_owner_until_it_is_quiet()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(3);
        scene.Learn(0, 1);
        for (int i = 0; i < 100; i++)
        {
            scene.Time.Advance(TimeSpan.FromMilliseconds(10));
            scene.Learn(1 - i % 2, 1);
        }
        Assert.Equal(45UL, scene.Drops(0, DropReason.MacMoved) + scene.Drops(1, DropReason.MacMoved));
        Assert.Equal(0UL, scene.Drops(0, DropReason.MacMoved));
        scene.ClearDelivered();
        scene.Send(2, Frame(Mac(1), Mac(2)));
        Assert.Single(scene.Endpoints[0].Delivered);
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        scene.Learn(1, 1);
        scene.ClearDelivered();
        scene.Send(2, Frame(Mac(1), Mac(2)));
        Assert.Single(scene.Endpoints[1].Delivered);
    }

    [Fact]
    public void Nobody_takes_the_gateways_address()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(1, PortRole.Gateway).WithPorts(2);
        scene.Learn(1, 1);
        scene.Learn(0, 1);
        scene.Learn(1, 1);
        Assert.Equal(1UL, scene.Drops(1, DropReason.MacMoved));
        scene.ClearDelivered();
        scene.Send(2, Frame(Mac(1), Mac(2)));
        Assert.Single(scene.Endpoints[0].Delivered);
    }

    [Fact]
    public void Bad_sources_and_runts_are_named()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(2);
        scene.Send(0, Frame(Mac(2), MacAddress.Broadcast), new byte[13], [], [.. Frame(Mac(2), Mac(1), vlan: 3)[..16]]);
        Assert.Equal(1UL, scene.Drops(0, DropReason.SourceIsGroup));
        Assert.Equal(3UL, scene.Drops(0, DropReason.Truncated));
        scene.Send(0, Frame(Mac(1), Mac(1)));
        Assert.Equal(1UL, scene.Drops(0, DropReason.SamePort));
        Assert.Empty(scene.Endpoints[1].Delivered);
    }

    [Fact]
    public void Each_port_is_delivered_to_once_and_in_order()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(4);
        scene.Learn(1, 1);
        scene.Learn(2, 2);
        scene.ClearDelivered();
        scene.Send(0,
            Frame(Mac(1), Mac(9), mark: 1), Frame(Mac(2), Mac(9), mark: 2), Frame(MacAddress.Broadcast, Mac(9), mark: 3),
            Frame(Mac(1), Mac(9), mark: 4), Frame(Mac(9), Mac(9), mark: 5), Frame(Mac(2), Mac(9), mark: 6), Frame(Mac(7), Mac(9), mark: 7));
        Assert.Equal([1, 3, 4, 7], scene.Marks(1));
        Assert.Equal([2, 3, 6, 7], scene.Marks(2));
        Assert.Equal([3, 7], scene.Marks(3));
        Assert.Empty(scene.Marks(0));
        Assert.All(scene.Endpoints[1..], endpoint => Assert.Single(endpoint.Calls));
    }

    [Fact]
    public void A_port_that_goes_down_is_forgotten_and_not_flooded()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(3);
        scene.Learn(1, 1);
        scene.Ports[1].CarrierChanged(false);
        scene.ClearDelivered();
        scene.Send(0, Frame(Mac(1), Mac(2)));
        Assert.Equal([0, 0, 1], scene.Endpoints.Select(e => e.Delivered.Count));
        scene.Switch.Remove(scene.Ports[2]);
        scene.Send(0, Frame(Mac(1), Mac(2)));
        Assert.Single(scene.Endpoints[2].Delivered);
    }

    [Fact]
    public void Room_is_that_of_the_owner_and_its_return_is_told()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(2);
        var listener = new Listener();
        scene.Switch.SetRoomListener(listener);
        Assert.Equal(Port.Plenty, scene.Switch.RoomToward(Mac(1), 0));
        scene.Learn(1, 1);
        scene.Endpoints[1].Room = 3;
        Assert.Equal(3, scene.Switch.RoomToward(Mac(1), 0));
        scene.Ports[1].RoomAgain();
        Assert.Equal(1, listener.Calls);
    }

    [Fact]
    public void Forwarding_allocates_nothing()
    {
        using SwitchScene scene = new SwitchScene().WithPorts(4);
        using var burst = new Burst();
        scene.Learn(1, 1);
        scene.Learn(2, 2);
        scene.Endpoints.ForEach(e => e.Keeps = false);
        byte[][] kinds = [Frame(Mac(1), Mac(9)), Frame(Mac(2), Mac(9)), Frame(MacAddress.Broadcast, Mac(9)), Frame(Mac(9), Mac(9))];
        for (int i = 0; i < Burst.Capacity; i++)
        {
            scene.Endpoints[0].Queue(kinds[i * 7 % 4]);
        }
        scene.Endpoints[0].Poll(burst);
        scene.Switch.Forward(scene.Ports[0], burst);
        Assert.Equal(0, Allocated.By(() =>
        {
            for (int round = 0; round < 100_000 / Burst.Capacity; round++)
            {
                scene.Switch.Forward(scene.Ports[0], burst);
            }
        }));
        scene.Endpoints[0].Release(burst);
    }

    private sealed class Listener : IRoomListener
    {
        public int Calls { get; private set; }

        public void RoomAgain() => Calls++;
    }
}
