using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Weft.Model;
using Weft.Model.Attaching;
using Weft.Model.Files;
using Weft.Model.Planning;

namespace Weft.Tests.Model;

/// <summary>Golden: what attaches NICs that send frames, with cards of all models; and what cannot be attached is told.</summary>
public sealed class AttachFramesTests
{
    private const string Frames = """
        vms:
          m:
            - { net: nat, mac: "52:54:00:00:00:01", model: e1000 }
            - { net: nat, mac: "52:54:00:00:00:02", model: Am79C973, stream: ":6000" }
            - { net: nat, mac: "52:54:00:00:00:03", model: 82543GC, stream: { connect: /run/m3 } }
            - { net: nat, mac: "52:54:00:00:00:04", attach: dgram }
            - { net: nat, mac: "52:54:00:00:00:05", model: e1000-82544gc, dgram: { local: "0.0.0.0:5000", remote: "127.0.0.1:5001" } }
            - { net: nat, mac: "52:54:00:00:00:06", attach: tap, tap: t6 }
        """;

    [Fact]
    public void Qemu_meets_every_end()
    {
        const string lines = """
            # NIC m:6 is left out: it is attached by tap, and QEMU needs 'attach: vhost-user', 'attach: stream' or 'attach: dgram'
            # QEMU 7.2.22 connects once: Weft has to run before it, and after a 'weft down' it has to be started again
            # QEMU has no Am79C973: pcnet is the nearest that it has
            # QEMU has no 82543GC: e1000-82544gc is the nearest that it has
            -netdev stream,id=nic1,addr.type=unix,addr.path=/p/m-1.stream,server=off
            -device e1000,netdev=nic1,mac=52:54:00:00:00:01
            -netdev stream,id=nic2,addr.type=inet,addr.host=127.0.0.1,addr.port=6000,server=off
            -device pcnet,netdev=nic2,mac=52:54:00:00:00:02
            -netdev stream,id=nic3,addr.type=unix,addr.path=/run/m3,server=on
            -device e1000-82544gc,netdev=nic3,mac=52:54:00:00:00:03
            -netdev dgram,id=nic4,local.type=unix,local.path=/p/m-4.guest.dgram,remote.type=unix,remote.path=/p/m-4.dgram
            -device virtio-net-pci,netdev=nic4,mac=52:54:00:00:00:04
            -netdev dgram,id=nic5,local.type=inet,local.host=127.0.0.1,local.port=5001,remote.type=inet,remote.host=127.0.0.1,remote.port=5000
            -device e1000-82544gc,netdev=nic5,mac=52:54:00:00:00:05
            """;

        Assert.Equal(lines, Lines("qemu", new(0, new Version(7, 2, 22))));
    }

    [Theory]
    [InlineData("8.0", "server=off,reconnect=1\n")]
    [InlineData("9.1.3", "server=off,reconnect=1\n")]
    [InlineData("9.2", "server=off,reconnect-ms=1000\n")]
    [InlineData("10.0.2", "server=off,reconnect-ms=1000\n")]
    public void A_stream_is_dialled_again_as_each_qemu_can(string version, string end)
    {
        string lines = Lines("qemu", new(0, Version.Parse(version)));

        Assert.Contains($"addr.path=/p/m-1.stream,{end}", lines);
        Assert.Contains("addr.path=/run/m3,server=on\n", lines);
        Assert.DoesNotContain("connects once", lines);
    }

    [Fact]
    public void A_qemu_that_is_not_known_or_too_old_is_told()
    {
        Assert.Contains("# which QEMU will run is not known: behind ',server=off' one from 9.2 takes ',reconnect-ms=1000', one from 8.0 ',reconnect=1'\n", Lines("qemu", new(0, null)));
        Assert.Contains("# -netdev stream and dgram came with QEMU 7.2, and here is 6.2\n", Lines("qemu", new(0, new Version(6, 2))));
    }

    [Fact]
    public void Libvirt_takes_ports_as_elements_and_unix_sockets_as_arguments()
    {
        string lines = Lines("libvirt", new(0, new Version(9, 2)));
        string[] rows = [.. lines.Split('\n').Where(l => !AttachLines.IsRemark(l))];

        Assert.Equal(
            """
            <interface type='client'>
              <mac address='52:54:00:00:00:02'/>
              <source address='127.0.0.1' port='6000'/>
              <model type='pcnet'/>
            </interface>
            <interface type='udp'>
              <mac address='52:54:00:00:00:05'/>
              <source address='127.0.0.1' port='5000'><local address='127.0.0.1' port='5001'/></source>
              <model type='e1000-82544gc'/>
            </interface>
            <!-- for a unix socket libvirt has no element; beside <devices>, in a <domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' …>, stands: -->
            <qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <qemu:arg value='-netdev'/>
              <qemu:arg value='stream,id=nic1,addr.type=unix,addr.path=/p/m-1.stream,server=off,reconnect-ms=1000'/>
              <qemu:arg value='-device'/>
              <qemu:arg value='e1000,netdev=nic1,mac=52:54:00:00:00:01'/>
            """, string.Join('\n', rows[..^9]));
        Assert.Equal(12, XElement.Parse($"<domain>{string.Join('\n', rows)}</domain>").Descendants().Count(e => e.Name.LocalName == "arg"));
        Assert.Contains("# QEMU has no Am79C973: pcnet is the nearest that it has", lines);
        Assert.DoesNotContain("memoryBacking", lines);
    }

    [Fact]
    public void Libvirt_listens_where_weft_dials()
    {
        string lines = string.Join('\n', LinesOf("vms: { m: [ { net: nat, mac: '52:54:00:00:00:01', stream: { connect: '127.0.0.1:7000' } } ] }", "libvirt", new(0, null)));

        Assert.StartsWith("<interface type='server'>\n  <mac address='52:54:00:00:00:01'/>\n  <source address='127.0.0.1' port='7000'/>\n", lines);
    }

    [Fact]
    public void VirtualBox_gets_a_command_for_each_nic_of_udp()
    {
        string[] lines = LinesOf(Frames, "virtualbox", new(0, null));

        Assert.Equal(
            "VBoxManage modifyvm m --nic5 generic --nicgenericdrv5 UDPTunnel --nicproperty5 dest=127.0.0.1 --nicproperty5 dport=5000 " +
            "--nicproperty5 sport=5001 --nictype5 82543GC --macaddress5 525400000005 --cableconnected5 on", lines[^1]);
        Assert.Contains("# VirtualBox has no 82544GC: 82543GC is the nearest that it has", lines);
        Assert.Equal(5, lines.Count(l => l.Contains(" is left out: ")));
        Assert.Contains("# NIC m:4 is left out: it is attached by dgram, and VirtualBox needs 'attach: dgram' between UDP ports: " +
            "'dgram: { local: 127.0.0.1:5000, remote: 127.0.0.1:5001 }'", lines);
    }

    [Fact]
    public void Firecracker_gets_a_configuration_and_taps_of_its_own()
    {
        string[] lines = LinesOf(Frames.Replace("tap: t6", "tap: { name: t6, netns: fc }"), "firecracker", new(0, null));

        using JsonDocument json = JsonDocument.Parse(lines[^1]);
        JsonElement nic = Assert.Single(json.RootElement.GetProperty("network-interfaces").EnumerateArray());
        Assert.Equal(("nic6", "52:54:00:00:00:06", "fc525400000006"),
            (nic.GetProperty("iface_id").GetString(), nic.GetProperty("guest_mac").GetString(), nic.GetProperty("host_dev_name").GetString()));
        Assert.Equal(
            """
            #   ip netns exec fc ip tuntap add dev fc525400000006 mode tap
            #   ip netns exec fc ip link add dev br525400000006 type bridge mcast_snooping 0
            #   ip netns exec fc ip link set dev t6 address 02:54:00:00:00:06 master br525400000006
            #   ip netns exec fc ip link set dev fc525400000006 master br525400000006 up
            #   ip netns exec fc ip link set dev br525400000006 up
            """, string.Join('\n', lines[^6..^1]));
    }

    [Fact]
    public void A_bridge_never_has_the_guests_mac() => Assert.Contains(
        "#   ip link set dev t0 address 06:00:00:00:00:01 master br020000000001",
        LinesOf("vms: { m: [ { net: nat, mac: '02:00:00:00:00:01', tap: t0 } ] }", "firecracker", new(0, null)));

    [Fact]
    public void Words_of_a_command_are_options_and_values() => Assert.Equal(
        ["-netdev", "stream,id=nic1,addr.type=unix,addr.path=/a b/m-1.stream,server=off,reconnect-ms=1000", "-device", "virtio-net-pci,netdev=nic1,mac=52:54:00:00:00:01"],
        AttachLines.Words(LinesOf("vms: { m: [ { net: nat, mac: '52:54:00:00:00:01', attach: stream }, { net: nat, attach: tap } ] }", "qemu", new(0, new Version(9, 2)), "/a b")));

    private static string Lines(string purpose, HypervisorHost host) => string.Join('\n', LinesOf(Frames, purpose, host));

    private static string[] LinesOf(string text, string purpose, HypervisorHost host, string folder = "/p")
    {
        Topology topology = TopologyFile.Read(text, "f").Require();
        DataPlane plane = Derivation.Derive(topology, new HostView([], new Dictionary<string, IPNetwork>(), folder)).Plane;
        return AttachLines.For(plane, topology, "m", purpose, () => host);
    }
}
