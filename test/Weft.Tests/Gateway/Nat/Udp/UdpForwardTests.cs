using Weft.Engine;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Udp;

public sealed class UdpForwardTests : IDisposable
{
    private const ulong Forward = 77;
    private static readonly HostEnd Inside = new(UdpScene.Guest.Address, 53);
    private static readonly HostEnd Client = new(IpAddress.FromV4(0xc6336442), 4444);

    private readonly UdpScene _scene = new();
    private readonly HostEnd _listen;

    public UdpForwardTests()
    {
        _listen = new HostEnd(IpAddress.FromV4(0), 8053);
        Assert.Equal(0, _scene.OpenForward(Forward, _listen, Inside));
        _scene.Host.Keeper.Flush();
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_client_keeps_its_address_and_is_answered_from_the_listening_socket()
    {
        HostEnd seen = Call(Client);
        Assert.Equal(Client, seen);
        _scene.Send(Inside, seen);
        Datagram answer = Assert.Single(_scene.World.Sent);
        Assert.Equal((Client, _listen), (answer.To, answer.From));
        Assert.Equal(1, _scene.Table.SocketCount);
    }

    [Fact]
    public void Clients_on_the_host_come_as_the_gateway_each_with_a_port_of_its_own()
    {
        _scene.Targets.HostAddresses.Add(_scene.World.HostAddress);
        HostEnd[] clients =
        [
            new HostEnd(UdpScene.Loopback, 5000),
            new HostEnd(IpAddress.FromV4(0x7f000002), 5000),
            new HostEnd(_scene.World.HostAddress, 5000),
            new HostEnd(UdpScene.OtherGuest.Address, 5000),
        ];
        HostEnd[] seen = [.. clients.Select(Call)];
        Assert.All(seen, end => Assert.Equal(UdpScene.Gateway, end.Address));
        Assert.Equal(5000, seen[0].Port);
        Assert.Equal(4, seen.Distinct().Count());
        foreach (HostEnd end in seen)
        {
            _scene.Send(Inside, end);
        }
        Assert.Equal(clients, _scene.World.Sent.Select(datagram => datagram.To));
    }

    [Fact]
    public void A_guest_that_wrote_to_the_client_first_still_answers_by_the_forward()
    {
        _scene.World.Blackholes.Add(Client.Address);
        _scene.Send(Inside, Client);
        Assert.Equal(2, _scene.Table.SocketCount);
        Call(Client);
        _scene.Send(Inside, Client);
        Assert.Equal(_listen, _scene.World.Sent[^1].From);
        Assert.Equal((1, 1), (_scene.Table.FlowCount, _scene.Table.SocketCount));
    }

    [Fact]
    public void A_guest_without_an_address_gets_nothing_until_it_has_one()
    {
        var listen = _listen with { Port = 8054 };
        _scene.OpenForward(78, listen, target: null);
        _scene.World.SendUdp(Client, listen, [1]);
        _scene.Run(1_000);
        Assert.Empty(_scene.Side.Sent);
        Assert.Equal(1ul, _scene.Drops(DropReason.NoDhcpLease));
        _scene.Targets.Targets[78] = UdpScene.OtherGuest;
        _scene.World.SendUdp(Client, listen, [1]);
        _scene.Run(1_000);
        Assert.Equal(UdpScene.OtherGuest.Address, Assert.Single(_scene.Side.Sent).Guest);
    }

    [Fact]
    public void A_flood_of_clients_costs_only_the_forward()
    {
        using var scene = new UdpScene();
        scene.World.Blackholes.Add(UdpScene.Server.Address);
        scene.OpenForward(1, _listen, Inside);
        scene.Send(UdpScene.Guest, UdpScene.Server);
        for (int i = 0; i < 5000; i++)
        {
            scene.World.SendUdp(Client with { Address = IpAddress.FromV4(0xc0a80000u + (uint)i) }, _listen, [1]);
        }
        scene.Run(1_000_000);
        Assert.Equal((4097, 2), (scene.Table.FlowCount, scene.Table.SocketCount));
        Assert.True(scene.Table.FindByGuest(new FlowKey(9, UdpScene.Guest.Address, UdpScene.Server.Address, 5000, 7, IpProtocol.Udp)) >= 0);
    }

    [Fact]
    public void A_forward_that_ends_takes_its_clients_and_frees_the_port()
    {
        Call(Client);
        _scene.CloseForward(Forward);
        _scene.AssertEmpty();
        Assert.Equal(0, _scene.OpenForward(Forward, _listen, Inside));
        Call(Client);
    }

    [Fact]
    public void A_taken_port_is_an_error_and_changes_nothing()
    {
        Assert.Equal(-Errno.AddressInUse, _scene.OpenForward(78, _listen, Inside));
        Assert.Equal(1, _scene.Table.SocketCount);
        Assert.Equal(-17, _scene.OpenForward(Forward, _listen with { Port = 8054 }, Inside));
    }

    [Fact]
    public void A_forward_that_was_never_written_down_gives_its_port_back()
    {
        _scene.Targets.Targets.Clear();
        Assert.Equal(0, _scene.Restart());
        _scene.AssertEmpty();
    }

    [Fact]
    public void A_forward_and_its_clients_survive_the_worker()
    {
        HostEnd seen = Call(new HostEnd(UdpScene.Loopback, 5000));
        _scene.World.SendUdp(Client, _listen, [1]);
        Assert.Equal(0, _scene.Restart());
        _scene.Run(1_000);
        Assert.Equal(Client.Address, _scene.Side.Sent[^1].Ip.Source);
        _scene.Send(Inside, seen);
        Assert.Equal((new HostEnd(UdpScene.Loopback, 5000), _listen), (_scene.World.Sent[^1].To, _scene.World.Sent[^1].From));
        _scene.CloseForward(Forward);
        _scene.AssertEmpty();
    }

    /// <summary>One datagram from a client; returns the client as the guest sees it.</summary>
    private HostEnd Call(HostEnd client)
    {
        int before = _scene.Side.Sent.Count;
        _scene.World.SendUdp(client, _listen, [1, 2, 3]);
        _scene.Run(1_000);
        Assert.Equal(before + 1, _scene.Side.Sent.Count);
        SentPacket packet = _scene.Side.Sent[^1];
        Assert.True(UdpView.TryParse(packet.Payload, out UdpView udp));
        Assert.Equal((Inside.Address, Inside.Port), (packet.Ip.Destination, udp.DestinationPort));
        return new HostEnd(packet.Ip.Source, udp.SourcePort);
    }
}
