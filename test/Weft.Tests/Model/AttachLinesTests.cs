using System.Net;
using System.Xml.Linq;
using Weft.Model;
using Weft.Model.Attaching;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Tests.Cli;

namespace Weft.Tests.Model;

/// <summary>Golden: what attaches one VM with a NIC of every kind, for each purpose.</summary>
public sealed class AttachLinesTests
{
    private const string Mixed = """
        vms:
          m:
            - { net: nat, mac: "52:54:00:00:00:01", attach: seqpacket }
            - { net: nat, mac: "52:54:00:00:00:02", tap: { name: t0, netns: guest } }
            - { net: nat, mac: "52:54:00:00:00:03" }
            - { net: nat, mac: "52:54:00:00:00:04", vhost-user: { socket: /run/m.vhost, role: client } }
        """;

    private static readonly HypervisorHost Plain = new(0, new Version(9, 2));

    [Fact]
    public void Qemu_shares_its_memory_and_connects_or_listens() => Assert.Equal(
        """
        # NIC m:1 is left out: it is attached by seqpacket, and QEMU needs 'attach: vhost-user', 'attach: stream' or 'attach: dgram'
        # NIC m:2 is left out: it is attached by tap, and QEMU needs 'attach: vhost-user', 'attach: stream' or 'attach: dgram'
        # the guest's memory is shared with Weft: put your size in place of 1G and leave -m away
        -object memory-backend-memfd,id=mem0,size=1G,share=on
        -machine memory-backend=mem0
        -chardev socket,id=nic3,path=/p/m-3.vhost,reconnect-ms=1000
        -netdev vhost-user,id=nic3,chardev=nic3
        -device virtio-net-pci,netdev=nic3,mac=52:54:00:00:00:03
        -chardev socket,id=nic4,path=/run/m.vhost,server=on,wait=off
        -netdev vhost-user,id=nic4,chardev=nic4
        -device virtio-net-pci,netdev=nic4,mac=52:54:00:00:00:04
        """, Lines(Mixed, "m", "qemu", Plain));

    [Fact]
    public void A_qemu_that_crashes_with_vectors_gets_none()
    {
        string lines = Lines("vms: { m: [ { net: nat, attach: vhost-user, mac: '52:54:00:00:00:01' } ] }", "m", "qemu", new(0, new Version(7, 2, 22)));

        Assert.Contains("# vectors=0: QEMU 7.2 without KVM crashes when a vhost-user NIC has MSI-X, and here is 7.2.22; with KVM take it away\n", lines);
        Assert.EndsWith("\n-device virtio-net-pci,netdev=nic1,mac=52:54:00:00:00:01,vectors=0", lines);
    }

    [Fact]
    public void Several_queues_are_told_to_every_hypervisor()
    {
        const string file = "vms: { m: [ { net: nat, vhost-user: { queues: 4 }, mac: '52:54:00:00:00:01' } ] }";

        string qemu = Lines(file, "m", "qemu", Plain);
        Assert.Contains("-netdev vhost-user,id=nic1,chardev=nic1,queues=4\n", qemu);
        Assert.EndsWith(",mac=52:54:00:00:00:01,mq=on,vectors=10", qemu);
        Assert.Contains("<driver queues='4'/>", Lines(file, "m", "libvirt", Plain));
        Assert.Contains("vhost_user=true,num_queues=8", Lines(file, "m", "cloud-hypervisor", Plain));
    }

    [Fact]
    public void Where_no_qemu_is_installed_the_crash_is_told()
    {
        string lines = Lines(Mixed, "m", "qemu", new(0, null));

        Assert.Contains("# no qemu-system-x86_64 is installed here: ", lines);
        Assert.DoesNotContain("00:03,vectors", lines);
    }

    [Theory]
    [InlineData(1L << 30, "share=on,hugetlb=on\n")]
    [InlineData((1L << 30) - 1, "share=on\n")]
    public void Huge_pages_are_used_when_the_guest_fits(long free, string end) =>
        Assert.Contains(end, Lines(Mixed, "m", "qemu", Plain with { FreeHugeBytes = free }));

    [Fact]
    public void A_home_with_a_comma_in_its_name_is_one_path_to_qemu() =>
        Assert.Contains(",path=/a,,b/m-3.vhost,", Lines(Mixed, "m", "qemu", Plain, "/a,b"));

    [Fact]
    public void Uml_takes_messages_and_vhost_user_where_it_may_connect() => Assert.Equal(
        """
        # NIC m:2 is left out: it is attached by tap, and User-Mode Linux needs 'attach: vhost-user' where Weft listens, with one queue, or 'attach: seqpacket'
        # NIC m:4 is left out: it is attached by vhost-user, and User-Mode Linux needs 'attach: vhost-user' where Weft listens, with one queue, or 'attach: seqpacket'
        vec0:transport=bess,dst=/p/m-1.sock,depth=128,mac=52:54:00:00:00:01
        virtio_uml.device=/p/m-3.vhost:1
        """, Lines(Mixed, "m", "uml"));

    [Fact]
    public void Cloud_hypervisor_gets_all_nics_behind_one_option() => Assert.Equal(
        """
        # NIC m:1 is left out: it is attached by seqpacket, and Cloud Hypervisor needs 'attach: vhost-user'
        # NIC m:2 is left out: it is attached by tap, and Cloud Hypervisor needs 'attach: vhost-user'
        # the guest's memory is shared with Weft: put your size in place of 1G
        --memory size=1G,shared=on
        --net mac=52:54:00:00:00:03,socket=/p/m-3.vhost,vhost_user=true
        mac=52:54:00:00:00:04,socket=/run/m.vhost,vhost_user=true,vhost_mode=server
        """, Lines(Mixed, "m", "cloud-hypervisor", Plain));

    [Fact]
    public void Libvirt_gets_an_interface_for_each_nic()
    {
        string lines = Lines(Mixed, "m", "libvirt", Plain);

        Assert.Equal(
            """
            # NIC m:1 is left out: it is attached by seqpacket, and libvirt needs 'attach: vhost-user', 'attach: stream' or 'attach: dgram'
            # NIC m:2 is left out: it is attached by tap, and libvirt needs 'attach: vhost-user', 'attach: stream' or 'attach: dgram'
            <!-- the guest's memory has to be shared with Weft; beside <devices> stands:
              <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking> -->
            <interface type='vhostuser'>
              <mac address='52:54:00:00:00:03'/>
              <source type='unix' path='/p/m-3.vhost' mode='client'><reconnect enabled='yes' timeout='1'/></source>
              <model type='virtio'/>
            </interface>
            <interface type='vhostuser'>
              <mac address='52:54:00:00:00:04'/>
              <source type='unix' path='/run/m.vhost' mode='server'/>
              <model type='virtio'/>
            </interface>
            """, lines);
        Assert.Equal(2, XElement.Parse($"<devices>{lines[lines.IndexOf('<')..]}</devices>").Elements("interface").Count());
    }

    /// <summary>Seen with libvirt 9.0 (LibvirtScene): net0 is the first interface of the domain.</summary>
    [Fact]
    public void Libvirt_is_told_how_an_old_qemu_without_kvm_does_not_crash()
    {
        const string file = "vms: { m: [{ net: nat, attach: stream }, { net: nat, stream: ':5000' }, { net: nat, attach: vhost-user }] }\n";
        Assert.EndsWith("""
            </interface>
            <!-- QEMU before 8.0 without KVM crashes when a vhost-user NIC has MSI-X: in a <domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>, beside <devices>, stands:
              <qemu:override>
                <qemu:device alias='net1'><qemu:frontend><qemu:property name='vectors' type='unsigned' value='0'/></qemu:frontend></qemu:device>
              </qemu:override> -->
            """, Lines(file, "m", "libvirt", Plain with { Qemu = new Version(7, 2) }).Split("\n<!-- for a unix socket")[0]);
        Assert.DoesNotContain("override", Lines(file, "m", "libvirt", Plain with { Qemu = new Version(7, 2), Accelerated = true }));
        Assert.DoesNotContain("override", Lines(file.Replace("attach: vhost-user", "stream: ':5001'"), "m", "libvirt", Plain with { Qemu = new Version(7, 2) }));
    }

    [Fact]
    public void A_namespace_gets_a_command_for_each_tap() =>
        Assert.EndsWith("\nip netns exec guest dhclient -1 t0", Lines(Mixed, "m", "netns"));

    [Theory]
    [InlineData("qemu", "{ net: nat, attach: seqpacket }", "vm 'm' has no NIC that QEMU can use", "QEMU needs 'attach: vhost-user', 'attach: stream' or 'attach: dgram'", "weft vm args m --for uml")]
    [InlineData("libvirt", "{ net: nat, attach: tap }", "vm 'm' has no NIC that libvirt can use", "libvirt needs 'attach: vhost-user', 'attach: stream' or 'attach: dgram'",
        "weft vm args m --for netns")]
    [InlineData("cloud-hypervisor", "", "vm 'm' has no NIC that Cloud Hypervisor can use", "it has no NIC at all", "weft status")]
    [InlineData("uml", "{ net: nat, vhost-user: { socket: /x, role: client } }", "vm 'm' has no NIC that User-Mode Linux can use",
        "User-Mode Linux needs 'attach: vhost-user' where Weft listens, with one queue, or 'attach: seqpacket'",
        "weft vm args m --for qemu")]
    [InlineData("netns", "{ net: nat }", "vm 'm' has no NIC that a network namespace can use",
        "a network namespace needs 'attach: tap' with 'tap: { name: …, netns: … }'", "weft vm args m --for qemu")]
    public void What_fits_no_nic_says_what_would(string purpose, string nic, string message, string cause, string tryLine)
    {
        WeftException problem = Assert.Throws<WeftException>(() => Lines($"vms: {{ m: [ {nic} ] }}", "m", purpose));

        WeftError error = TryLine.Checked(problem.Error);
        Assert.Equal((ErrorCode.WrongAttachment, message, cause, tryLine), (error.Code, error.Message, error.Cause, error.Try));
    }

    private static string Lines(string text, string vm, string purpose, HypervisorHost? host = null, string folder = "/p")
    {
        Topology topology = TopologyFile.Read(text, "f").Require();
        DataPlane plane = Derivation.Derive(topology, new HostView([], new Dictionary<string, IPNetwork>(), folder)).Plane;
        return string.Join('\n', AttachLines.For(plane, topology, vm, purpose, () => host ?? throw new InvalidOperationException("not asked for")));
    }
}
