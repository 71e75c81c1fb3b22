using System.Net;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Tests.Model;

public sealed class PlannerTests
{
    private static readonly HostView Host = new([], new Dictionary<string, IPNetwork>(), "/run/ports");

    [Fact]
    public void A_plan_applied_to_where_it_begins_leads_to_where_it_ends()
    {
        RandomTopologies topologies = new(1);
        for (int i = 0; i < 500; i++)
        {
            (DataPlane from, DataPlane to) = (Derive(topologies.Next()), Derive(topologies.Next()));

            Assert.Equal(to, Planner.After(from, Planner.Plan(from, to)));
        }
    }

    [Fact]
    public void What_is_the_same_is_in_no_step()
    {
        RandomTopologies topologies = new(2);
        for (int i = 0; i < 500; i++)
        {
            (DataPlane from, DataPlane to) = (Derive(topologies.Next()), Derive(topologies.Next()));
            Items<PlanStep> steps = Planner.Plan(from, to);

            Assert.Empty(Planner.Plan(from, from));
            HashSet<string> touched = [.. steps.Select(NetworkOf).OfType<string>()];
            Assert.DoesNotContain(from.Networks, n => to.Networks.Contains(n) && touched.Contains(n.Name));
            HashSet<string> renewed = [.. steps.OfType<PlanStep.RemoveNetwork>().Select(s => s.Network.Name)];
            foreach (PlanePort port in from.Ports.Where(p => to.Ports.Contains(p) && (p.Network is null || !renewed.Contains(p.Network))))
            {
                Assert.DoesNotContain(port.Name, steps.Select(PortOf));
            }
            foreach (PlaneForward forward in from.Forwards.Where(f => to.Forwards.Contains(f) && !renewed.Contains(f.Network)))
            {
                Assert.DoesNotContain(forward.Key, steps.Select(ForwardOf));
            }
        }
    }

    [Fact]
    public void Every_step_is_possible_when_its_turn_comes()
    {
        RandomTopologies topologies = new(3);
        for (int i = 0; i < 500; i++)
        {
            (DataPlane plane, DataPlane to) = (Derive(topologies.Next()), Derive(topologies.Next()));
            foreach (PlanStep step in Planner.Plan(plane, to))
            {
                plane = step.Apply(plane);

                Assert.Equal(plane.Networks.Count, plane.Networks.Select(n => n.Name).Distinct().Count());
                Assert.Equal(plane.Ports.Count, plane.Ports.Select(p => p.Name).Distinct().Count());
                Assert.Equal(plane.Forwards.Count, plane.Forwards.Select(f => f.Key).Distinct().Count());
                Assert.All(plane.Ports, p => Assert.True(p.Network is null || plane.Networks.Any(n => n.Name == p.Network)));
                Assert.All(plane.Forwards, f => Assert.Contains(plane.Networks, n => n.Name == f.Network));
            }
        }
    }

    [Fact]
    public void A_half_done_plan_is_undone_by_the_plan_back()
    {
        RandomTopologies topologies = new(4);
        Random random = new(4);
        for (int i = 0; i < 300; i++)
        {
            (DataPlane from, DataPlane to) = (Derive(topologies.Next()), Derive(topologies.Next()));
            Items<PlanStep> steps = Planner.Plan(from, to);
            DataPlane reached = Planner.After(from, steps.Take(random.Next(steps.Count + 1)));

            Assert.Equal(from, Planner.After(reached, Planner.Plan(reached, from)));
        }
    }

    [Fact]
    public void Stop_is_a_plan_to_nothing()
    {
        DataPlane plane = Derive(new RandomTopologies(5).Next());

        Assert.Equal(DataPlane.Empty, Planner.After(plane, Planner.Plan(plane, DataPlane.Empty)));
    }

    [Fact]
    public void Pulling_a_cable_is_one_step_that_leaves_the_socket_open()
    {
        Topology topology = TopologyOf("networks: { lab: nat-network }\nvms: { a: [lab], b: [lab] }");
        Nic nic = topology.FindNic("a", 1)!;
        DataPlane from = Derive(topology);

        PlanStep step = Assert.Single(Planner.Plan(from, Derive(topology.WithNic("a", nic with { Plugged = false }))));

        Assert.Equal("unplug NIC a:1", Assert.IsType<PlanStep.ChangePort>(step).Text);
    }

    [Theory]
    [InlineData("{ net: nat, attach: vhost-user }")]
    [InlineData("{ net: nat, vhost-user: /run/y }")]
    [InlineData("{ net: nat, vhost-user: { role: client, socket: /run/x } }")]
    [InlineData("{ net: nat, attach: seqpacket }")]
    public void Another_socket_role_or_attachment_is_another_port(string nic)
    {
        DataPlane from = Derive(TopologyOf("vms: { a: [ { net: nat, vhost-user: /run/x } ] }"));

        Assert.Equal(["remove NIC a:1", "add NIC a:1"], Planner.Plan(from, Derive(TopologyOf($"vms: {{ a: [ {nic} ] }}"))).Select(s => s.Text));
    }

    [Fact]
    public void A_network_with_another_subnet_is_made_anew_and_its_ports_go_back_onto_it()
    {
        DataPlane from = Derive(TopologyOf("networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }\nvms: { a: [lab] }\nforwards: [8080:a:80]"));
        DataPlane to = Derive(TopologyOf("networks: { lab: { mode: nat-network, subnet: 10.21.0.0/24 } }\nvms: { a: [lab] }\nforwards: [8080:a:80]"));

        Assert.Equal(
            ["remove forward 8080:a:80/tcp", "remove network lab", "add network lab (10.21.0.0/24)", "change NIC a:1",
                "add forward 8080:a:80/tcp"],
            Planner.Plan(from, to).Select(s => s.Text));
    }

    private static DataPlane Derive(Topology topology) => Derivation.Derive(topology, Host).Plane;

    private static Topology TopologyOf(string text) => Weft.Model.Files.TopologyFile.Read(text, "f").Require();

    private static string? NetworkOf(PlanStep step) => step switch
    {
        PlanStep.AddNetwork s => s.Network.Name,
        PlanStep.RemoveNetwork s => s.Network.Name,
        PlanStep.ChangeNetwork s => s.To.Name,
        _ => null,
    };

    private static string? PortOf(PlanStep step) => step switch
    {
        PlanStep.AddPort s => s.Port.Name,
        PlanStep.RemovePort s => s.Port.Name,
        PlanStep.ChangePort s => s.To.Name,
        _ => null,
    };

    private static string? ForwardOf(PlanStep step) => step switch
    {
        PlanStep.AddForward s => s.Forward.Key,
        PlanStep.RemoveForward s => s.Forward.Key,
        _ => null,
    };
}
