using System.Text.Json;
using Weft.Model;
using Weft.Model.Editing;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Tests.Cli;

namespace Weft.Tests.Model;

/// <summary>One object of a topology at a time.</summary>
public sealed class EditingTests
{
    private static readonly Topology Lab = TopologyFile.Read("""
        networks:
          lab: { mode: nat-network, subnet: 10.20.0.0/24, dhcp: { lease: 600, first: 10.20.0.20, last: 10.20.0.30 }, mtu: 1400 }
          quiet: internal
        vms:
          alpha: [ { net: lab, ip: 10.20.0.25 }, quiet, { net: nat, attach: vhost-user, vhost-user: { queues: 2 } } ]
        forwards: [ 8080:alpha:80, 8081:10.20.0.25:81 ]
        """, "lab").Require();

    [Fact]
    public void What_a_file_says_and_what_is_put_come_to_the_same()
    {
        Topology put = Topology.Empty;
        foreach (Network network in Lab.Networks)
        {
            put = NetworkEdits.Put(put, network.Name, TopologyWriter.Network(network)).Next!;
        }
        foreach (Vm vm in Lab.Vms)
        {
            put = VmEdits.Put(put, vm.Name, TopologyWriter.Vm(vm)).Next!;
        }
        Assert.Equal(Lab with { Forwards = [] }, put);
        Assert.Equal(Lab, NetworkEdits.Patch(Lab, "lab", "{}").Next);
        Assert.Equal(Lab, NicEdits.Patch(Lab, "alpha", 3, "{}").Next);
        Assert.Equal(Lab, VmEdits.Patch(Lab, "alpha", "{}").Next);
    }

    [Fact]
    public void A_patch_changes_what_it_names_and_null_brings_the_default_back()
    {
        Network lab = NetworkEdits.Patch(Lab, "lab", """{ "mtu": null, "dhcp": { "lease": "120" }, "polling": "power" }""").Next!.FindNetwork("lab")!;

        Assert.Equal((Network.DefaultMtu, 120, Polling.Power), (lab.Mtu, lab.LeaseSeconds, lab.Polling));
        Assert.Equal(Lab.FindNetwork("lab")!.Pool, lab.Pool);
        Assert.Equal(Lab.FindNetwork("lab")!.Subnet, lab.Subnet);
    }

    [Fact]
    public void Another_mode_brings_its_own_defaults_and_keeps_what_was_chosen()
    {
        Network quiet = NetworkEdits.Patch(Lab, "quiet", """{ "mode": "nat-network", "mtu": 9000 }""").Next!.FindNetwork("quiet")!;
        Assert.Equal(Network.Of("quiet", NetworkMode.NatNetwork) with { Mtu = 9000 }, quiet);

        Topology alone = Lab with { Forwards = [] };
        Network lab = NetworkEdits.Patch(alone, "lab", """{ "mode": "internal" }""").Next!.FindNetwork("lab")!;
        Assert.Equal((true, false, false, 600), (lab.Dhcp, lab.Dns, lab.HostLoopback, lab.LeaseSeconds));
    }

    [Fact]
    public void A_network_that_goes_by_force_leaves_its_nics_and_takes_its_forwards()
    {
        WeftError refusal = TryLine.Checked(Assert.Throws<WeftException>(() => NetworkEdits.Remove(Lab, "lab", force: false)).Error);
        Assert.Equal((ErrorCode.NetworkInUse, "weft net rm lab --force"), (refusal.Code, refusal.Try));

        Topology next = NetworkEdits.Remove(Lab, "lab", force: true).Next!;

        Assert.Null(next.FindNetwork("lab"));
        Assert.Equal((null, null), (next.FindNic("alpha", 1)!.Network, next.FindNic("alpha", 1)!.Address));
        Assert.Equal(["8080:alpha:80/tcp"], next.Forwards.Select(f => f.ToString())); // alpha:3 has a translator yet
        Assert.Null(NetworkEdits.Remove(next, "lab", force: false).Next);
    }

    [Fact]
    public void Numbers_of_nics_stay_when_one_goes_and_survive_being_written()
    {
        Topology next = NicEdits.Remove(Lab, "alpha", 2).Next!;

        Assert.Equal([1, 3], next.FindVm("alpha")!.Nics.Select(n => n.Number));
        Assert.Equal(next.FindVm("alpha"), VmEdits.Put(Topology.Empty with { Networks = next.Networks }, "alpha",
            TopologyWriter.Vm(next.FindVm("alpha")!)).Next!.FindVm("alpha"));
        Assert.Equal([1, 2, 3], NicEdits.Add(next, "alpha", """{ "net": "lab" }""").Next!.FindVm("alpha")!.Nics.Select(n => n.Number));
        Assert.Equal([8], VmEdits.Put(Lab, "beta", "[~, ~, ~, null, null, null, null, quiet]").Next!.FindVm("beta")!.Nics.Select(n => n.Number));
        Assert.Equal(ErrorCode.TooManyNics, Fault(() => VmEdits.Put(Lab, "beta", "[~, ~, ~, ~, ~, ~, ~, ~, ~]")));
    }

    [Fact]
    public void A_nic_on_another_network_leaves_its_address_behind()
    {
        Assert.Null(NicEdits.Patch(Lab, "alpha", 1, """{ "net": "quiet" }""").Next!.FindNic("alpha", 1)!.Address);
        Assert.NotNull(NicEdits.Patch(Lab, "alpha", 1, """{ "net": "lab", "plugged": false }""").Next!.FindNic("alpha", 1)!.Address);
        Assert.Equal("10.20.0.26", NicEdits.Patch(Lab, "alpha", 2, """{ "net": "lab", "ip": "10.20.0.26" }""").Next!.FindNic("alpha", 2)!.Address!.ToString());
    }

    [Theory]
    [InlineData("""{ "attach": "tap" }""", AttachmentKind.Tap)]
    [InlineData("""{ "tap": { "name": "t0" } }""", AttachmentKind.Tap)]
    [InlineData("""{ "attach": "seqpacket" }""", AttachmentKind.Seqpacket)]
    [InlineData("""{ "vhost-user": { "queues": 4 } }""", AttachmentKind.VhostUser)]
    [InlineData("""{ "plugged": false }""", AttachmentKind.VhostUser)]
    [InlineData("""{ "stream": "/run/a.sock" }""", AttachmentKind.Stream)]
    [InlineData("""{ "dgram": { "local": ":5000", "remote": ":5001" } }""", AttachmentKind.Dgram)]
    public void Another_attachment_takes_nothing_of_the_old_one_along(string patch, AttachmentKind kind)
    {
        Nic nic = NicEdits.Patch(Lab, "alpha", 3, patch).Next!.FindNic("alpha", 3)!;

        Assert.Equal(kind, nic.Attachment);
        Assert.Equal((kind == AttachmentKind.Tap, kind == AttachmentKind.VhostUser), (nic.Tap is not null, nic.VhostUser is not null));
        Assert.Equal(Lab.FindNic("alpha", 3)!.Mac, nic.Mac);
    }

    [Fact]
    public void A_stream_and_a_model_change_like_any_other_way()
    {
        Topology next = NicEdits.Patch(Lab, "alpha", 1, """{ "attach": "vhost-user" }""").Next!;
        next = NicEdits.Patch(next, "alpha", 1, """{ "model": "e1000" }""").Next!;
        Assert.Equal((AttachmentKind.Stream, "e1000"), (next.FindNic("alpha", 1)!.Attachment, next.FindNic("alpha", 1)!.Model.Word));
        next = NicEdits.Patch(next, "alpha", 1, """{ "stream": { "connect": ":5000" } }""").Next!;
        Assert.True(next.FindNic("alpha", 1)!.Stream!.Dials);
        next = NicEdits.Patch(next, "alpha", 1, """{ "attach": "seqpacket", "model": null }""").Next!;
        Assert.Equal((AttachmentKind.Seqpacket, null), (next.FindNic("alpha", 1)!.Attachment, next.FindNic("alpha", 1)!.Stream));
    }

    [Fact]
    public void A_socket_that_its_owner_named_is_not_lost_with_the_model()
    {
        Topology named = NicEdits.Patch(Lab, "alpha", 1, """{ "stream": "/run/a.stream", "model": "e1000" }""").Next!;
        Assert.Equal("/run/a.stream", NicEdits.Patch(named, "alpha", 1, """{ "model": "virtio" }""").Next!.FindNic("alpha", 1)!.Stream!.Address);
        named = NicEdits.Patch(Lab, "alpha", 1, """{ "vhost-user": "/run/a.vhost" }""").Next!;
        Assert.Equal(ErrorCode.DoesNotApply, Fault(() => NicEdits.Patch(named, "alpha", 1, """{ "model": "e1000" }""")));
    }

    [Fact]
    public void A_vm_goes_with_the_forwards_to_its_name()
    {
        Topology next = VmEdits.Remove(Lab, "alpha").Next!;

        Assert.Empty(next.Vms);
        Assert.Equal(["8081:10.20.0.25:81/tcp"], next.Forwards.Select(f => f.ToString()));
        Assert.Null(VmEdits.Remove(next, "alpha").Next);
    }

    [Fact]
    public void What_a_file_may_not_say_cannot_be_said_here()
    {
        Assert.Equal(ErrorCode.UnknownKey, Fault(() => NetworkEdits.Patch(Lab, "lab", """{ "mut": 3 }""")));
        Assert.Equal(ErrorCode.SubnetsOverlap, Fault(() => NetworkEdits.Create(Lab, "x", """{ "mode": "nat-network", "subnet": "10.20.0.0/16" }""", false)));
        Assert.Equal(ErrorCode.AlreadyThere, Fault(() => NetworkEdits.Create(Lab, "lab", "\"internal\"", false)));
        Assert.Equal(ErrorCode.AlreadyThere, Fault(() => VmEdits.Create(Lab, "alpha", "[]", false)));
        Assert.Equal(ErrorCode.BadReservation, Fault(() => NetworkEdits.Patch(Lab, "lab", """{ "subnet": "10.30.0.0/24", "dhcp": true }""")));
        Assert.Equal(ErrorCode.UnknownNetwork, Fault(() => NicEdits.Add(Lab, "alpha", "lba")));
        Assert.Equal(ErrorCode.DuplicateMac, Fault(() => NicEdits.Patch(Lab, "alpha", 1, $$"""{ "mac": "{{Lab.FindNic("alpha", 2)!.Mac}}" }""")));
        Assert.Equal(ErrorCode.UnknownNic, Fault(() => NicEdits.Put(Lab, "alpha", 9, "lab")));
        Assert.Equal(ErrorCode.UnknownNic, Fault(() => NicEdits.Patch(Lab, "alpha", 4, "{}")));
        Assert.Equal(ErrorCode.UnknownVm, Fault(() => NicEdits.Add(Lab, "beta", "lab")));
        Assert.Equal(ErrorCode.ForwardWithoutNat, Fault(() => NicEdits.Patch(NicEdits.Remove(Lab, "alpha", 3).Next!, "alpha", 1, """{ "net": "quiet" }""")));
        Assert.Equal(ErrorCode.BadName, Fault(() => VmEdits.Put(Lab, "../x", "[]")));
        Assert.Equal(ErrorCode.BadName, Fault(() => NetworkEdits.Put(Lab, "none", "nat")));
        Assert.Equal(ErrorCode.WrongShape, Fault(() => NetworkEdits.Put(Lab, "x", "")));
        Assert.Equal(ErrorCode.MalformedYaml, Fault(() => NetworkEdits.Put(Lab, "x", new string('[', 10_000))));
        Assert.Equal(ErrorCode.BadRequest, Fault(() => NetworkEdits.Patch(Lab, "lab", "[]")));
        Assert.ThrowsAny<JsonException>(() => NetworkEdits.Patch(Lab, "lab", "{"));
        Assert.ThrowsAny<JsonException>(() => NetworkEdits.Patch(Lab, "lab", """{ "mtu": 1400, "mtu": 9000 }"""));
    }

    [Fact]
    public void A_stopped_network_has_its_cables_out_and_its_forwards_closed()
    {
        Topology stopped = NetworkEdits.Patch(Lab, "lab", """{ "started": false }""").Next!;
        HostView host = new([], new Dictionary<string, System.Net.IPNetwork>(), "/p");
        Derived before = Derivation.Derive(Lab, host);
        Derived after = Derivation.Derive(stopped, host);

        Assert.Equal([("alpha:1", false), ("alpha:2", true), ("alpha:3", true)], after.Plane.Ports.Select(p => (p.Name, p.Plugged)));
        Assert.Equal(["lab", "nat/alpha:3", "quiet"], after.Plane.Networks.Select(n => n.Name));
        Assert.Empty(after.Plane.Forwards);
        Assert.Equal(2, before.Plane.Forwards.Count);
        Assert.Contains("weft net start lab", Assert.Single(after.Notes));
        Assert.Equal(stopped, NetworkEdits.Put(stopped, "lab", TopologyWriter.Network(stopped.FindNetwork("lab")!)).Next);
        Assert.Equal(Lab, NetworkEdits.Patch(stopped, "lab", """{ "started": null }""").Next);
    }

    private static string Fault(Func<Edited> edit) => TryLine.Checked(Assert.Throws<WeftException>(edit).Error).Code;
}
