using System.Net;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Tests.Cli;

namespace Weft.Tests.Model;

public sealed class DerivationTests
{
    private static readonly Dictionary<string, IPNetwork> NothingPicked = [];

    [Fact]
    public void Each_nat_nic_has_a_router_of_its_own_in_the_subnet_of_its_slot()
    {
        DataPlane plane = Derive("vms: { a: [nat, nat], b: [nat] }").Plane;

        Assert.Equal(["nat/a:1", "nat/a:2", "nat/b:1"], plane.Networks.Select(n => n.Name));
        Assert.Equal(["10.0.2.0/24", "10.0.3.0/24", "10.0.2.0/24"], plane.Networks.Select(n => n.Subnet.ToString()));
        PlaneNetwork first = plane.Networks[0];
        Assert.Equal(("10.0.2.2", "10.0.2.3", "10.0.2.15", "10.0.2.254"),
            (first.Gateway!.ToString(), first.Dns!.ToString(), first.Pool!.First.ToString(), first.Pool.Last.ToString()));
        Assert.Equal("52:55:0a:00:02:02", first.GatewayMac);
        Assert.Equal(["nat/a:1", "nat/a:2", "nat/b:1"], plane.Ports.Select(p => p.Network));
    }

    [Fact]
    public void A_nat_network_has_one_router_for_all()
    {
        DataPlane plane = Derive("networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }\nvms: { a: [lab], b: [lab] }").Plane;

        PlaneNetwork lab = Assert.Single(plane.Networks);
        Assert.Equal(("10.20.0.1", "10.20.0.1", "10.20.0.15", "10.20.0.254"),
            (lab.Gateway!.ToString(), lab.Dns!.ToString(), lab.Pool!.First.ToString(), lab.Pool.Last.ToString()));
        Assert.Equal(["/p/a-1.vhost", "/p/b-1.vhost"], plane.Ports.Select(p => p.Path));
    }

    [Fact]
    public void A_vhost_user_nic_has_the_socket_that_it_names_or_one_in_the_home()
    {
        DataPlane plane = Derive("vms: { a: [ { net: nat, attach: vhost-user }, { net: nat, vhost-user: { socket: /run/x, role: client } } ] }").Plane;

        Assert.Equal([("/p/a-1.vhost", false), ("/run/x", true)], plane.Ports.Select(p => (p.Path, p.Dials)));
        Assert.All(plane.Ports, p => Assert.Equal(AttachmentKind.VhostUser, p.Attachment));
    }

    [Fact]
    public void An_internal_network_has_no_gateway_unless_it_has_dhcp()
    {
        DataPlane plane = Derive("networks: { quiet: internal, told: { mode: internal, dhcp: true } }").Plane;

        Assert.Null(plane.Networks[0].Gateway);
        Assert.NotNull(plane.Networks[1].Pool);
        Assert.Null(plane.Networks[1].Dns);
        Assert.False(plane.Networks[1].HostLoopback);
    }

    [Fact]
    public void A_forward_goes_to_the_first_nic_behind_a_translator()
    {
        DataPlane plane = Derive("networks: { lab: nat-network }\nvms: { a: [intnet, nat, lab] }\nforwards: [80:a:80, 53:a:53/udp]").Plane;

        Assert.All(plane.Forwards, f => Assert.Equal("nat/a:2", f.Network));
    }

    [Fact]
    public void Picked_subnets_avoid_routes_and_each_other_and_stay()
    {
        HostRoute[] routes = [Route("10.20.0.0/16"), Route("0.0.0.0/0"), Route("0.0.0.0/1"), Route("128.0.0.0/1")];
        Derived first = Derive("networks: { b: nat-network, c: nat-network }", routes);

        Assert.Equal(["10.21.0.0/24", "10.22.0.0/24"], first.Plane.Networks.Select(n => n.Subnet.ToString()));
        Assert.Empty(first.Notes);

        Derived second = Derive("networks: { a: nat-network, b: nat-network, c: nat-network }", [], first.Picked);

        Assert.Equal(["10.20.0.0/24", "10.21.0.0/24", "10.22.0.0/24"], second.Plane.Networks.Select(n => n.Subnet.ToString()));
    }

    [Fact]
    public void A_slot_that_the_host_has_a_route_into_moves_and_takes_reservations_along()
    {
        Derived derived = Derive("vms: { a: [ { net: nat, ip: 10.0.2.77 }, nat ] }", [Route("10.0.2.0/24"), Route("10.0.3.128/25")]);

        Assert.Equal(["10.0.10.0/24", "10.0.11.0/24"], derived.Plane.Networks.Select(n => n.Subnet.ToString()));
        Assert.Equal("10.0.10.77", derived.Plane.Ports[0].Reserved!.ToString());
        Assert.Equal(
            ["NIC a:1 has 10.0.10.0/24 instead of 10.0.2.0/24, into which the host has a route",
             "NIC a:2 has 10.0.11.0/24 instead of 10.0.3.0/24, into which the host has a route"], derived.Notes);
    }

    [Fact]
    public void With_a_route_over_everything_a_slot_stays_and_that_is_said()
    {
        Derived derived = Derive("vms: { a: [nat] }", [Route("10.0.0.0/8")]);

        Assert.Equal("10.0.2.0/24", Assert.Single(derived.Plane.Networks).Subnet.ToString());
        Assert.Contains("the host has the route 10.0.0.0/8 (eth0)", Assert.Single(derived.Notes));
    }

    [Fact]
    public void A_route_that_comes_later_moves_nothing_and_is_said()
    {
        Derived before = Derive("networks: { lab: nat-network }");
        Derived after = Derive("networks: { lab: nat-network }", [Route("10.20.0.0/16")], before.Picked);

        Assert.Equal(before.Plane, after.Plane);
        Assert.Contains("10.20.0.0/16 (eth0)", Assert.Single(after.Notes));
    }

    [Theory]
    [InlineData("networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }")]
    [InlineData("networks: { lab: { mode: nat, subnet: 10.20.0.0/24 } }\nvms: { a: [lab] }")]
    public void A_declared_subnet_that_collides_is_refused_unless_forced(string text)
    {
        WeftException problem = Assert.Throws<WeftException>(() => Derive(text, [Route("10.20.0.0/16")]));

        Assert.Equal(ErrorCode.SubnetCollides, TryLine.Checked(problem.Error).Code);
        Assert.Equal("subnet 10.20.0.0/24 of network 'lab' collides with the host's route 10.20.0.0/16 (eth0)", problem.Error.Message);
        Assert.Single(Derive(text.Replace("/24 }", "/24, force: true }"), [Route("10.20.0.0/16")]).Notes);
    }

    [Fact]
    public void When_no_subnet_is_left_that_is_said()
    {
        WeftException problem = Assert.Throws<WeftException>(() =>
            Derive("networks: { lab: nat-network }", [Route("10.0.0.0/8"), Route("172.16.0.0/12"), Route("192.168.0.0/16")]));

        Assert.Equal(ErrorCode.NoFreeSubnet, TryLine.Checked(problem.Error).Code);
    }

    [Fact]
    public void Macs_are_the_same_on_every_start_and_nobody_elses()
    {
        Topology one = TopologyFile.Read("vms: { a: [nat, nat], b: [nat] }", "f").Require();
        Topology other = TopologyFile.Read("vms: { a: [nat, intnet], b: [nat], c: [nat] }", "f").Require();

        Assert.Equal(one.FindNic("a", 2)!.Mac, other.FindNic("a", 2)!.Mac);
        Assert.All(other.Vms.SelectMany(v => v.Nics), n => Assert.StartsWith("52:54:00:", n.Mac));
        Assert.Equal(4, other.Vms.SelectMany(v => v.Nics).Select(n => n.Mac).Distinct().Count());
        string taken = one.FindNic("b", 1)!.Mac;
        Assert.NotEqual(taken, MacText.ForNic("b", 1, new HashSet<string> { taken }));
    }

    [Fact]
    public void What_is_written_is_read_back_as_it_was()
    {
        RandomTopologies topologies = new(6);
        for (int i = 0; i < 200; i++)
        {
            Topology topology = topologies.Next();
            string text = $$"""
                {"networks": {{{string.Join(",", topology.Networks.Select(n => $"\"{n.Name}\": {TopologyWriter.Network(n)}"))}} },
                 "vms": {{{string.Join(",", topology.Vms.Select(v => $"\"{v.Name}\": {TopologyWriter.Vm(v)}"))}} },
                 "forwards": [{{string.Join(",", topology.Forwards.Select(TopologyWriter.Forward))}}] }
                """;

            Assert.Equal(topology, TopologyFile.Read(text, "f").Require());
        }
    }

    private static Derived Derive(string text, IReadOnlyList<HostRoute>? routes = null, IReadOnlyDictionary<string,
        IPNetwork>? picked = null) =>
        Derivation.Derive(TopologyFile.Read(text, "f").Require(), new HostView(routes ?? [], picked ?? NothingPicked, "/p"));

    private static HostRoute Route(string destination) => new(IPNetwork.Parse(destination), "eth0");
}
