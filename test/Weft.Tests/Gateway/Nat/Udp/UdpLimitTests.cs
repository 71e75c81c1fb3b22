using Weft.Engine;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Udp;

/// <summary>A guest pays for its own excess, and everything comes back.</summary>
public sealed class UdpLimitTests
{
    [Fact]
    public void At_its_cap_of_sockets_a_guest_loses_its_own_oldest()
    {
        using var scene = new UdpScene(sockets: 8);
        scene.World.Blackholes.Add(UdpScene.Server.Address);
        scene.Send(UdpScene.OtherGuest, UdpScene.Server);
        for (ushort i = 0; i < 6; i++)
        {
            scene.Send(UdpScene.Guest with { Port = (ushort)(6000 + i) }, UdpScene.Server);
        }
        Assert.Equal((5, 5), (scene.Table.SocketCount, scene.Table.FlowCount));
        Assert.Equal(2ul, scene.Drops(DropReason.FlowLimit));
        ushort[] alive = [.. Enumerable.Range(0, 8).Where(i => scene.Sockets[i].Kind != 0).Select(i => scene.Sockets[i].GuestPort).Order()];
        Assert.Equal([5000, 6002, 6003, 6004, 6005], alive);
    }

    [Fact]
    public void At_its_cap_of_flows_a_guest_loses_the_one_unused_longest()
    {
        using var scene = new UdpScene(flows: 8);
        scene.World.Blackholes.Add(UdpScene.Server.Address);
        for (ushort i = 0; i < 4; i++)
        {
            scene.Send(UdpScene.Guest, UdpScene.Server with { Port = (ushort)(1 + i) });
        }
        scene.Send(UdpScene.Guest, UdpScene.Server with { Port = 1 });
        scene.Send(UdpScene.Guest, UdpScene.Server with { Port = 9 });
        ushort[] alive = [.. Enumerable.Range(0, 8).Where(i => scene.Flows[i].State != 0).Select(i => scene.Flows[i].GuestPeerPort).Order()];
        Assert.Equal([1, 3, 4, 9], alive);
        Assert.Equal(1, scene.Table.SocketCount);
    }

    [Fact]
    public void At_the_descriptor_limit_the_same_guests_oldest_gives_way()
    {
        using var scene = new UdpScene();
        scene.World.Blackholes.Add(UdpScene.Server.Address);
        scene.Host.Descriptors.Limit = 3;
        for (ushort i = 0; i < 5; i++)
        {
            scene.Send(UdpScene.Guest with { Port = (ushort)(6000 + i) }, UdpScene.Server);
        }
        Assert.Equal((5, 3), (scene.World.Sent.Count, scene.Table.SocketCount));
        Assert.Equal(2ul, scene.Drops(DropReason.DescriptorLimit));
        scene.Send(UdpScene.OtherGuest, UdpScene.Server);
        Assert.Equal((5, 3), (scene.World.Sent.Count, scene.Table.SocketCount));
        Assert.Equal(3ul, scene.Drops(DropReason.DescriptorLimit));
    }

    [Fact]
    public void Without_a_slot_at_the_keeper_nothing_is_opened()
    {
        using var scene = new UdpScene();
        scene.Host.Keeper.Limit = 0;
        scene.Send(UdpScene.Guest, UdpScene.Server);
        Assert.Equal(1ul, scene.Drops(DropReason.KeeperBusy));
        Assert.Empty(scene.World.Sent);
        scene.AssertEmpty();
        scene.Host.Keeper.IsCovered = false;
        scene.Send(UdpScene.Guest, UdpScene.Server);
        Assert.Single(scene.World.Sent);
    }

    [Fact]
    public void Twenty_thousand_flows_leave_nothing_behind()
    {
        using var scene = new UdpScene();
        scene.World.Blackholes.Add(UdpScene.Server.Address);
        for (int i = 0; i < 20_000; i++)
        {
            scene.Send(UdpScene.Guest with { Port = (ushort)(2000 + i % 1000) }, UdpScene.Server with { Port = (ushort)(1000 + i / 1000) });
        }
        Assert.Equal((20_000, 1000, 20_000), (scene.Table.FlowCount, scene.Table.SocketCount, scene.World.Sent.Count));
        Assert.Equal(0, scene.Restart());
        Assert.Equal((20_000, 1000), (scene.Table.FlowCount, scene.Table.SocketCount));
        scene.Run(31_000_000);
        scene.AssertEmpty();
    }

    [Fact]
    public void A_network_that_ends_takes_everything_with_it()
    {
        using var scene = new UdpScene();
        scene.OpenForward(1, new HostEnd(IpAddress.FromV4(0), 8053), UdpScene.Guest);
        scene.World.ServeUdpEcho(UdpScene.Server);
        scene.Send(UdpScene.Guest, UdpScene.Server);
        scene.World.Time.Advance(1_000);
        scene.Lane.Turn(mayWait: false);
        Assert.True(scene.Translator.HasWork);
        scene.Translator.Dispose();
        scene.Host.Keeper.Flush();
        scene.AssertEmpty();
    }
}
