using System.Net;
using System.Text.Json;
using Weft.Model;
using Weft.Model.Differences;
using Weft.Model.Editing;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Tests.Cli;

namespace Weft.Tests.Model;

/// <summary>Names that a network's owner gives.</summary>
public sealed class StaticNamesTests
{
    private static readonly HostView Host = new([], new Dictionary<string, IPNetwork>(), "/p");

    private static readonly Topology Lab = Read("""
        networks:
          lab: { mode: nat-network, mtu: 1400, names: { printer: 10.20.0.9, db: [10.20.0.6, 10.20.0.5], api.example.test: 192.0.2.7 } }
          quiet: internal
        vms: { alpha: [lab, nat], beta: [nat] }
        """);

    [Theory]
    [InlineData("printer", true)]
    [InlineData("a", true)]
    [InlineData("1st-floor", true)]
    [InlineData("api.example.test", true)]
    [InlineData("1.2.3.example", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("a..b", false)]
    [InlineData("example.test.", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a_b", false)]
    [InlineData("Printer", false)]
    [InlineData("prînter", false)]
    [InlineData("12", false)]
    [InlineData("10.20.0.9", false)]
    [InlineData("printer.weft.internal", false)]
    [InlineData("weft.internal", false)]
    [InlineData("notweft.internal", true)]
    [InlineData("9.0.20.10.in-addr.arpa", false)]
    public void A_name_is_a_label_or_several(string name, bool good) => Assert.Equal(good, DnsNames.FaultOf(name) is null);

    [Fact]
    public void A_name_has_its_bounds()
    {
        string label = new('a', 63);
        Assert.Null(DnsNames.FaultOf(label));
        Assert.NotNull(DnsNames.FaultOf(label + "a"));
        Assert.Null(DnsNames.FaultOf($"{label}.{label}.{label}.{new string('a', 61)}"));
        Assert.NotNull(DnsNames.FaultOf($"{label}.{label}.{label}.{new string('a', 62)}"));
        string names = string.Join(", ", Enumerable.Range(0, Network.MostNames + 1).Select(i => $"n{i}x: 10.0.0.1"));
        WeftError error = TryLine.Checked(Assert.Single(TopologyFile.Read($"networks: {{ lab: {{ mode: nat, names: {{ {names} }} }} }}", "f").Errors));
        Assert.Equal((ErrorCode.BadValue, "f:1:38: network 'lab' has 257 names"), (error.Code, error.Message));
        Assert.NotNull(TopologyFile.Read($"networks: {{ lab: {{ mode: nat, names: {{ {names.Replace(", n256x: 10.0.0.1", "")} }} }} }}", "f").Topology);
    }

    [Fact]
    public void Names_come_in_order_and_addresses_as_they_were_written() => Assert.Equal(
        ["api.example.test 192.0.2.7", "db 10.20.0.6 10.20.0.5", "printer 10.20.0.9"],
        Lab.FindNetwork("lab")!.Names.Select(n => $"{n.Name} {string.Join(' ', n.Addresses)}"));

    [Fact]
    public void A_name_is_set_changed_and_removed_and_nothing_else_changes()
    {
        Edited added = NameEdits.Set(Lab, "lab", "web", "\"10.20.0.8\"");
        Assert.Equal("add name web of lab", added.Text);
        Assert.Equal(Lab, NameEdits.Remove(added.Next!, "lab", "web").Next);

        Edited changed = NameEdits.Set(Lab, "lab", "db", """["10.20.0.6", "10.20.0.7"]""");
        Assert.Equal("change name db of lab", changed.Text);
        Assert.Equal(Lab, NameEdits.Set(changed.Next!, "lab", "db", """["10.20.0.6", "10.20.0.5"]""").Next);
        Assert.Equal(Lab, NameEdits.Set(Lab, "lab", "printer", """["10.20.0.9"]""").Next);
        Assert.Null(NameEdits.Remove(Lab, "lab", "nobody").Next);
        Assert.Equal(Lab, NetworkEdits.Put(Lab, "lab", TopologyWriter.Network(Lab.FindNetwork("lab")!)).Next);
        Assert.Equal(2, NetworkEdits.Patch(Lab, "lab", """{ "names": { "db": null } }""").Next!.FindNetwork("lab")!.Names.Count);
    }

    [Fact]
    public void What_a_file_may_not_say_cannot_be_set()
    {
        Assert.Equal(ErrorCode.UnknownNetwork, Fault(() => NameEdits.Set(Lab, "lba", "x", "\"10.0.0.1\"")));
        Assert.Equal(ErrorCode.UnknownNetwork, Fault(() => NameEdits.Remove(Lab, "lba", "x")));
        Assert.Equal(ErrorCode.BadName, Fault(() => NameEdits.Set(Lab, "lab", "x\": {} }", "\"10.0.0.1\"")));
        Assert.Equal(ErrorCode.BadAddress, Fault(() => NameEdits.Set(Lab, "lab", "x", "\"10.0.0\"")));
        Assert.Equal(ErrorCode.WrongShape, Fault(() => NameEdits.Set(Lab, "lab", "x", "null")));
        Assert.Equal(ErrorCode.WrongShape, Fault(() => NameEdits.Set(Lab, "lab", "x", "{ \"mtu\": 9000 }")));
        Assert.Equal(ErrorCode.DuplicateName, Fault(() => NameEdits.Set(Lab, "lab", "alpha", "\"10.0.0.1\"")));
        Assert.Equal(ErrorCode.DuplicateName, Fault(() => NameEdits.Set(Lab, "nat", "host", "\"10.0.0.1\"")));
        Assert.Equal(ErrorCode.DuplicateName, Fault(() => VmEdits.Create(Lab, "printer", "[lab]", false)));
        Assert.Equal(ErrorCode.DoesNotApply, Fault(() => NameEdits.Set(Lab, "quiet", "x", "\"10.0.0.1\"")));
        Assert.Equal(ErrorCode.DoesNotApply, Fault(() => NetworkEdits.Patch(Lab, "lab", """{ "dns": false }""")));
        Assert.ThrowsAny<JsonException>(() => NameEdits.Set(Lab, "lab", "x", ""));
        Assert.ThrowsAny<JsonException>(() => NameEdits.Set(Lab, "lab", "x", "\"10.0.0.1\" }, \"mtu\": { \"x\": 1 }"));
        Assert.NotNull(VmEdits.Create(Lab, "printer", "[nat]", false).Next);
    }

    [Fact]
    public void Names_that_differ_are_said_one_by_one()
    {
        Topology next = NameEdits.Remove(NameEdits.Set(NameEdits.Set(Lab, "lab", "web", "\"10.20.0.8\"").Next!, "lab", "db", "\"10.20.0.5\"").Next!, "lab", "printer").Next!;

        Assert.Equal(["~ network lab: names.db [10.20.0.6, 10.20.0.5] → 10.20.0.5, names.printer 10.20.0.9 → none, names.web none → 10.20.0.8"],
            TopologyDifferences.Between(Lab, next).Select(d => d.ToString()));
        Assert.Contains("names { api.example.test: 192.0.2.7, db: [10.20.0.6, 10.20.0.5], printer: 10.20.0.9 }",
            TopologyDifferences.Between(Topology.Empty, Lab).First(d => d.Name == "lab").ToString());
    }

    [Fact]
    public void A_name_is_a_step_of_its_own_and_no_network_is_in_it()
    {
        Topology next = NameEdits.Remove(NameEdits.Set(NameEdits.Set(Lab, "lab", "web", "\"10.20.0.8\"").Next!, "lab", "db", "\"10.20.0.5\"").Next!, "lab", "printer").Next!;
        next = NameEdits.Set(next, "nat", "out", "\"192.0.2.1\"").Next!;

        Assert.Equal(["remove name printer of lab", "change name db of lab", "add name web of lab", "add name out of nat"],
            Planner.Plan(Derive(Lab), Derive(next)).Select(s => s.Text));
        Assert.Equal(Derive(next), Planner.After(Derive(Lab), Planner.Plan(Derive(Lab), Derive(next))));
    }

    [Fact]
    public void A_network_that_is_made_anew_keeps_its_names()
    {
        Topology next = NetworkEdits.Patch(Lab, "lab", """{ "subnet": "10.77.0.0/24" }""").Next!;
        Items<PlanStep> steps = Planner.Plan(Derive(Lab), Derive(next));

        Assert.Contains("remove network lab", steps.Select(s => s.Text));
        Assert.DoesNotContain(steps, s => s is PlanStep.AddName or PlanStep.RemoveName or PlanStep.ChangeName);
        Assert.Equal(Derive(next), Planner.After(Derive(Lab), steps));
    }

    private static DataPlane Derive(Topology topology) => Derivation.Derive(topology, Host).Plane;

    private static Topology Read(string text) => TopologyFile.Read(text, "f").Require();

    private static string Fault(Func<Edited> edit) => TryLine.Checked(Assert.Throws<WeftException>(edit).Error).Code;
}
