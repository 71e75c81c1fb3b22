using System.Net;
using Weft.Model;
using Weft.Model.Differences;
using Weft.Model.Files;
using Weft.Model.Planning;

namespace Weft.Tests.Model;

public sealed class TopologyDifferencesTests
{
    private static readonly HostView Host = new([], new Dictionary<string, IPNetwork>(), "/run/ports");

    [Fact]
    public void What_differs_is_said_in_lines()
    {
        Topology from = Read("""
            networks: { lab: nat-network, old: internal, own: nat }
            vms: { a: [lab, own], b: [lab], c: [old] }
            forwards: [80:a:80]
            """);
        Topology to = Read("""
            networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24, mtu: 9000, dhcp: { lease: 60 } }, new: internal, own: nat }
            vms: { a: [lab, { net: own, plugged: false, ip: 10.0.3.20 }], b: [{ net: lab, mac: "52:54:00:00:00:01" }, none], d: [{ net: new, tap: t0 }] }
            forwards: [80:b:80]
            """);

        Assert.Equal(
            [
                "~ network lab: subnet picked → 10.20.0.0/24, dhcp true → { lease: 60 }, mtu 1500 → 9000", "+ network new: mode internal", "- network old",
                "~ NIC a:2: ip none → 10.0.3.20, plugged true → false",
                $"~ NIC b:1: mac \"{from.FindNic("b", 1)!.Mac}\" → \"52:54:00:00:00:01\"", "+ NIC b:2: net none",
                "- vm c", "+ vm d", "+ NIC d:1: net new, attach tap, tap t0",
                "- forward 80:a:80/tcp", "+ forward 80:b:80/tcp",
            ],
            TopologyDifferences.Between(from, to).Select(d => d.ToString()));
    }

    [Fact]
    public void Whatever_a_step_touches_is_said_to_differ_or_hangs_on_what_does()
    {
        RandomTopologies topologies = new(41);
        TopologyMutations mutations = new(41);
        for (int i = 0; i < 500; i++)
        {
            Topology from = topologies.Next();
            Topology to = i % 2 == 0 ? topologies.Next() : mutations.Next(from);
            Derived derived = Derivation.Derive(from, Host);
            (DataPlane before, DataPlane after) = (derived.Plane, Derivation.Derive(to, Host with { Picked = derived.Picked }).Plane);
            Items<PlanStep> steps = Planner.Plan(before, after);
            Difference[] differences = TopologyDifferences.Between(from, to, steps);

            Assert.Empty(TopologyDifferences.Between(from, from));
            Assert.Equal(from == to, differences.Length == 0);
            Assert.Equal(after, Planner.After(before, steps));
            HashSet<string> named = [.. differences.Select(d => d.Name)];
            // A forward leads to the guest's first NIC on a network that translates.
            named.UnionWith(from.Vms.Concat(to.Vms).Where(v => v.Nics.Any(n => named.Contains(n.Network ?? "") || named.Contains(Names.Nic(v.Name, n.Number))))
                .Select(v => $"guest {v.Name}").ToList());
            Assert.All(steps, step => Assert.True(Subjects(step).Any(s => named.Contains(s) || named.Contains(s.Split(':')[0])), step.Text));
            Assert.All(differences.Where(d => d.MadeAnew), d => Assert.Equal(Difference.Change, d.Action));
        }
    }

    /// <summary>A new property of a network or NIC has to be said in a file, a difference and an export.</summary>
    [Fact]
    public void Nothing_of_a_network_or_a_NIC_is_left_unsaid()
    {
        Assert.Equal(["Name", "Mode", "Subnet", "Dhcp", "LeaseSeconds", "Pool", "Dns", "Names", "HostLoopback", "Mtu", "Polling", "Source", "Started", "Force"],
            typeof(Network).GetProperties().Select(p => p.Name));
        Assert.Equal(["Number", "Network", "Mac", "Address", "Attachment", "Model", "Tap", "VhostUser", "Stream", "Dgram", "Plugged"], typeof(Nic).GetProperties().Where(p => p.CanWrite).Select(p => p.Name));
        Assert.Equal(NetworkReader.Keys, NetworkSettings.Of(Network.Of("x", NetworkMode.Nat)).Select(s => s.Key));
        Assert.Equal(NicReader.Keys.Where(k => k != "mode"), NicSettings.Of("x", new Nic { Number = 1, Mac = "" }).Select(s => s.Key));
    }

    /// <summary>What a step is about, and the networks and the guest's NICs that it hangs on.</summary>
    private static string[] Subjects(PlanStep step) => step switch
    {
        PlanStep.AddNetwork s => s.Network.Name.Split('/'),
        PlanStep.RemoveNetwork s => s.Network.Name.Split('/'),
        PlanStep.ChangeNetwork s => s.To.Name.Split('/'),
        PlanStep.AddName s => [s.Name.Network],
        PlanStep.RemoveName s => [s.Name.Network],
        PlanStep.ChangeName s => [s.To.Network],
        PlanStep.AddPort s => [s.Port.Name],
        PlanStep.RemovePort s => [s.Port.Name],
        PlanStep.ChangePort s => [s.To.Name, .. s.To.Network?.Split('/') ?? []],
        PlanStep.AddForward s => [s.Forward.ToForward().ToString(), $"guest {s.Forward.Guest}", .. s.Forward.Network.Split('/')],
        PlanStep.RemoveForward s => [s.Forward.ToForward().ToString(), $"guest {s.Forward.Guest}", .. s.Forward.Network.Split('/')],
        _ => [],
    };

    private static Topology Read(string text) => TopologyFile.Read(text, "f").Require();
}
