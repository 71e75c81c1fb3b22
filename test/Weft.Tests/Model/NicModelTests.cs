using System.Net;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Tests.Cli;

namespace Weft.Tests.Model;

public sealed class NicModelTests
{
    [Theory]
    [InlineData("virtio", "1af4:1000", "virtio-net-pci", "virtio", "virtio")]
    [InlineData("e1000", "8086:100e", "e1000", "e1000", "82540EM")]
    [InlineData("82540em", "8086:100e", "e1000", "e1000", "82540EM")]
    [InlineData("e1000-82545em", "8086:100f", "e1000-82545em", "e1000-82545em", "82545EM")]
    [InlineData("82545EM", "8086:100f", "e1000-82545em", "e1000-82545em", "82545EM")]
    [InlineData("e1000-82544gc", "8086:100c", "e1000-82544gc", "e1000-82544gc", "82543GC")]
    [InlineData("82543GC", "8086:1004", "e1000-82544gc", "e1000-82544gc", "82543GC")]
    [InlineData("PCnet", "1022:2000", "pcnet", "pcnet", "Am79C970A")]
    [InlineData("am79c970a", "1022:2000", "pcnet", "pcnet", "Am79C970A")]
    [InlineData("AM79C973", "1022:2000", "pcnet", "pcnet", "Am79C973")]
    public void Every_model_has_its_name_at_each_hypervisor(string word, string pci, string qemu, string libvirt, string virtualBox)
    {
        NicModel model = NicModel.Find(word)!;

        Assert.Equal((pci, qemu, libvirt, virtualBox), (model.PciId, model.Qemu, model.Libvirt, model.VirtualBox));
        Assert.Equal(word.ToUpperInvariant() is "82543GC" or "AM79C973", model.QemuIsNearest);
        Assert.Equal(word == "e1000-82544gc", model.VirtualBoxIsNearest);
        Assert.Equal(model, NicModel.Find(model.Word));
    }

    [Fact]
    public void No_word_means_two_models() =>
        Assert.Equal(NicModel.Words.Length, NicModel.Words.Distinct(StringComparer.OrdinalIgnoreCase).Count());

    [Fact]
    public void The_table_for_people_is_this_table()
    {
        string page = File.ReadAllText(Repository.PathOf("docs/hypervisors.md"));

        Assert.All(NicModel.All, m => Assert.Matches($@"\| `{m.Word}` \|[^|]*\| {m.PciId} \|[^|]*`{m.Qemu}` \|[^|]*\|[^|]*`{m.VirtualBox}` \|", page));
    }

    /// <summary>Which card goes which way: only virtio has rings to share, the rest goes as frames.</summary>
    [Theory]
    [InlineData("virtio", "seqpacket tap vhost-user stream dgram")]
    [InlineData("e1000", "stream dgram")]
    [InlineData("pcnet", "stream dgram")]
    [InlineData("82543GC", "stream dgram")]
    public void A_card_takes_the_ways_that_it_can(string model, string ways)
    {
        foreach (string way in AttachmentKinds.Words)
        {
            ReadResult read = TopologyFile.Read($"vms: {{ m: [ {{ net: nat, model: {model}, attach: {way} }} ] }}", "f");
            Assert.Equal(ways.Split(' ').Contains(way), read.Topology is not null);
        }
    }

    [Theory]
    [InlineData("vhost-user", "vhost-user shares the rings of a virtio card, and no other card has them; " +
        "e1000 takes 'attach: stream' or 'attach: dgram', and over vhost-user goes 'model: virtio'")]
    [InlineData("seqpacket", "what takes single messages, like User-Mode Linux, has no card of a PC; " +
        "e1000 takes 'attach: stream' or 'attach: dgram', and over seqpacket goes 'model: virtio'")]
    [InlineData("tap", "behind a TAP is an interface of the host and no card; " +
        "e1000 takes 'attach: stream' or 'attach: dgram', and over tap goes 'model: virtio'")]
    public void A_pair_that_cannot_be_is_refused_with_what_can(string attach, string cause)
    {
        ReadResult read = TopologyFile.Read($"vms:\n  m: [ {{ net: nat, attach: {attach}, model: 82540EM }} ]\n", "f");

        WeftError error = TryLine.Checked(Assert.Single(read.Errors));
        Assert.Equal((ErrorCode.DoesNotApply, cause), (error.Code, error.Cause));
        Assert.EndsWith($"NIC m:1 cannot be of model e1000 and attached by {attach}", error.Message);
        Assert.StartsWith("f:2:", error.Message);
    }

    [Fact]
    public void A_word_that_is_no_model_gets_a_suggestion()
    {
        WeftError error = TryLine.Checked(Assert.Single(TopologyFile.Read("vms:\n  m: [ { net: nat, model: pcnt } ]\n", "f").Errors));

        Assert.Equal((ErrorCode.BadValue, "f:2:27: unknown model 'pcnt' of NIC m:1"), (error.Code, error.Message));
        Assert.StartsWith("did you mean 'pcnet'? the models are virtio, e1000, 82540EM, ", error.Cause);
    }

    [Fact]
    public void Where_no_way_is_named_the_card_has_one_that_it_can_take()
    {
        Topology topology = TopologyFile.Read("vms: { m: [ nat, { net: nat, model: virtio }, { net: nat, model: e1000 } ] }", "f").Require();

        Assert.Equal(["vhost-user", "vhost-user", "stream"], topology.FindVm("m")!.Nics.Select(n => n.Attachment.Word()));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        foreach (NicModel model in NicModel.All)
        {
            Topology topology = TopologyFile.Read($"vms: {{ m: [ {{ net: nat, attach: stream, model: {model.Word} }} ] }}", "f").Require();
            string written = TopologyWriter.Vm(topology.Vms[0]);
            Assert.Equal(topology.Vms, TopologyFile.Read($"networks: {{ nat: nat }}\nvms: {{ \"m\": {written} }}", "f").Require().Vms);
            Assert.Equal(model, topology.Vms[0].Nics[0].Model);
        }
    }

    /// <summary>The hypervisor's end stays open: another card is for the guest's next start.</summary>
    [Fact]
    public void Another_model_changes_the_port_and_does_not_make_it_anew()
    {
        PlanStep step = Assert.Single(Planner.Plan(PlaneOf("{ net: nat, model: e1000 }"), PlaneOf("{ net: nat, model: pcnet }")));

        Assert.Equal("change NIC m:1", step.Text);
    }

    [Fact]
    public void A_mac_stays_when_others_come_go_and_change()
    {
        string[] before = [.. PlaneOf("nat, nat, { net: nat, model: e1000 }").Ports.Select(p => p.Mac)];
        string[] after = [.. PlaneOf("{ net: nat, attach: vhost-user }, none, { net: nat, model: pcnet }, nat", "a: [nat], z: [nat]").Ports
            .Where(p => p.Guest == "m").Select(p => p.Mac)];

        Assert.Equal(before, after[..3]);
        Assert.Equal(4, after.Distinct().Count());
    }

    private static DataPlane PlaneOf(string nics, string others = "")
    {
        Topology topology = TopologyFile.Read($"vms: {{ m: [ {nics} ], {others} }}", "f").Require();
        return Derivation.Derive(topology, new HostView([], new Dictionary<string, IPNetwork>(), "/p")).Plane;
    }
}
