using System.Net;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Tests.Cli;

namespace Weft.Tests.Model;

public sealed partial class TopologyFileTests
{
    private const string SocketRule =
        "it is a full path from '/', without '..', of at most 107 bytes, none of them a space, quote, ',' or ':'";

    /// <summary>Golden: a file with one mistake, and the three lines that its owner reads.</summary>
    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        {
            "networks:\n  lab:\n    mode: nat-network\n    subnett: 10.20.0.0/24\n",
            "W1002", "lab.weft.yml:4:5: unknown key 'subnett' in network 'lab'",
            "did you mean 'subnet'? the keys of a network are mode, subnet, dhcp, dns, names, host-loopback, mtu, polling, source, force, started"
        },
        {
            "netwroks: {}\n",
            "W1002", "lab.weft.yml:1:1: unknown key 'netwroks' in the file",
            "did you mean 'networks'? the keys of the file are name, networks, vms, forwards"
        },
        {
            "networks:\n  lab: { mode: nat-netwok }\n",
            "W1006", "lab.weft.yml:2:16: unknown mode 'nat-netwok' of network 'lab'",
            "did you mean 'nat-network'? the modes are nat, nat-network, internal"
        },
        {
            "networks:\n  lab: bridged\n",
            "W1006", "lab.weft.yml:2:8: unknown mode 'bridged' of network 'lab'", "the modes are nat, nat-network, internal"
        },
        {
            "networks: { lab: nat-network }\nvms:\n  alpha: [lba]\n",
            "W1101", "lab.weft.yml:3:11: unknown network 'lba' of NIC alpha:1", "did you mean 'lab'? the networks are lab"
        },
        {
            "networks: { lab: nat-network }\nvms:\n  alpha: { nics: [ { net: lab, mac: \"53:54:00:00:00:01\" } ] }\n",
            "W1009", "lab.weft.yml:3:37: '53:54:00:00:00:01' is not a MAC for NIC alpha:1",
            "a NIC cannot own a group address or all zeros; make the first octet even, like 52"
        },
        {
            "networks:\n  lab: { mode: nat-network, subnet: 10.20.0.7/24 }\n",
            "W1008", "lab.weft.yml:2:37: '10.20.0.7/24' is not a subnet (subnet of network 'lab')",
            "10.20.0.7 is not the first address of a /24; that would be 10.20.0.0/24"
        },
        {
            "networks:\n  lab: { mode: nat-network, subnet: 10.20.0.0/24 }\n  old: { mode: nat-network, subnet: 10.20.0.0/16 }\n",
            "W1105", "lab.weft.yml:3:37: subnet 10.20.0.0/16 of network 'old' overlaps with 10.20.0.0/24 of network 'lab'",
            "a guest on both could not tell them apart"
        },
        {
            "networks:\n  lab: { mode: nat-network, subnet: 127.0.0.0/24 }\n",
            "W1008", "lab.weft.yml:2:37: 127.0.0.0/24 cannot be the subnet of network 'lab'", "it overlaps with the loopback"
        },
        {
            "networks: { lab: nat-network }\nvms:\n  alpha: [lab]\n  alpha: [lab]\n",
            "W1004", "lab.weft.yml:4:3: 'alpha' is written twice", "every key of a mapping stands once"
        },
        {
            "networks:\n  Lab: nat-network\n",
            "W1005", "lab.weft.yml:2:3: 'Lab' is not a name", "a name is 1 to 31 of a-z, 0-9 and '-', and does not start with '-'"
        },
        {
            "networks: { lab: nat-network }\nvms: { alpha: [lab] }\nforwards:\n  - 8080:alhpa:80\n",
            "W1106", "lab.weft.yml:4:5: forward '8080:alhpa:80/tcp' leads to an unknown vm 'alhpa'",
                "did you mean 'alpha'? the VMs are alpha"
        },
        {
            "vms: { alpha: [intnet] }\nforwards:\n  - 8080:alpha:80\n",
            "W1107", "lab.weft.yml:3:5: vm 'alpha' has no NIC that a forward can reach",
                "forwards lead through a network in mode nat or nat-network"
        },
        {
            "vms: { alpha: [nat] }\nforwards: [ \"80:alpha\" ]\n",
            "W1010", "lab.weft.yml:2:13: '80:alpha' is not a forward", "a forward is [ADDR:]HOST-PORT:GUEST:GUEST-PORT[/tcp|udp]"
        },
        {
            "vms: { alpha: [nat] }\nforwards: [ 70000:alpha:80 ]\n",
            "W1010", "lab.weft.yml:2:13: '70000:alpha:80' is not a forward", "'70000' is not a port from 1 to 65535"
        },
        {
            "vms: { alpha: [nat] }\nforwards: [ 80:alpha:80, 0.0.0.0:80:alpha:81 ]\n",
            "W1108", "lab.weft.yml:2:26: two forwards listen on 0.0.0.0:80/tcp", "'80:alpha:80/tcp' has that port already"
        },
        {
            "networks:\n  lab: { mode: nat-network, mtu: 50 }\n",
            "W1007", "lab.weft.yml:2:34: '50' is no mtu for network 'lab'", "mtu is a number from 576 to 65520"
        },
        {
            "networks:\n  lab: { mode: nat-network, host-loopback: alow }\n",
            "W1007", "lab.weft.yml:2:44: 'alow' is no host-loopback for network 'lab'",
                "did you mean 'allow'? host-loopback is allow or deny"
        },
        {
            "networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }\nvms:\n  alpha: [ { net: lab, ip: 10.21.0.9 } ]\n",
            "W1104", "lab.weft.yml:3:28: NIC alpha:1 cannot have the address 10.21.0.9",
                "it is outside of 10.20.0.0/24, the subnet of network 'lab'"
        },
        {
            "networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }\nvms:\n  alpha: [ { net: lab, ip: 10.20.0.1 } ]\n",
            "W1104", "lab.weft.yml:3:28: NIC alpha:1 cannot have the address 10.20.0.1",
            "it is the router's, the network's or the broadcast address of 10.20.0.0/24"
        },
        {
            "networks: { lab: nat-network }\nvms:\n  alpha: [ { net: lab, mac: \"52:54:00:00:00:01\" }, { net: lab, mac: \"52-54-00-00-00-01\" } ]\n",
            "W1103", "lab.weft.yml:3:69: NIC alpha:2 has the MAC of alpha:1, 52:54:00:00:00:01",
            "a switch would deliver to one of the two at random; leave 'mac' away and each NIC gets one of its own"
        },
        {
            "vms:\n  alpha: [nat, nat, nat, nat, nat, nat, nat, nat, nat]\n",
            "W1102", "lab.weft.yml:2:51: vm 'alpha' has more than 8 NICs", "a VM has at most 8"
        },
        {
            "vms:\n  alpha: [ { net: nat, attach: tapp } ]\n",
            "W1007", "lab.weft.yml:2:32: unknown attachment 'tapp' of NIC alpha:1",
                "did you mean 'tap'? a NIC is attached by seqpacket, tap, vhost-user, stream or dgram"
        },
        {
            "vms:\n  alpha: [ { net: nat, attach: vhost-usr } ]\n",
            "W1007", "lab.weft.yml:2:32: unknown attachment 'vhost-usr' of NIC alpha:1",
                "did you mean 'vhost-user'? a NIC is attached by seqpacket, tap, vhost-user, stream or dgram"
        },
        {
            "vms:\n  alpha: [ { net: nat, attach: tap, vhost-user: /x } ]\n",
            "W1110", "lab.weft.yml:2:49: NIC alpha:1 is attached by tap and has a 'vhost-user'",
                "write 'attach: vhost-user', or take 'vhost-user' away"
        },
        {
            "vms:\n  alpha:\n    - net: nat\n      vhost-user: { role: client }\n",
            "W1112", "lab.weft.yml:4:19: NIC alpha:1 has no socket to connect to",
            "with 'role: client' the hypervisor listens; say where: 'vhost-user: { role: client, socket: /run/vm.vhost }'"
        },
        {
            "vms:\n  alpha: [ { net: nat, vhost-user: { role: sever } } ]\n",
            "W1007", "lab.weft.yml:2:44: 'sever' is no role for vhost-user of NIC alpha:1", "did you mean 'server'? role is server or client"
        },
        {
            "vms:\n  alpha: [ { net: nat, vhost-user: { path: /x } } ]\n",
            "W1002", "lab.weft.yml:2:38: unknown key 'path' in vhost-user of NIC alpha:1", "the keys of a vhost-user are socket, role, queues"
        },
        {
            "vms:\n  alpha: [ { net: nat, vhost-user: a.vhost } ]\n",
            "W1112", "lab.weft.yml:2:36: 'a.vhost' cannot be the socket of NIC alpha:1", SocketRule
        },
        {
            "vms:\n  alpha: [ { net: nat, vhost-user: { socket: '/run/a,b' } } ]\n",
            "W1112", "lab.weft.yml:2:46: '/run/a,b' cannot be the socket of NIC alpha:1", SocketRule
        },
        {
            "vms:\n  alpha: [ { net: nat, vhost-user: /run/../a } ]\n",
            "W1112", "lab.weft.yml:2:36: '/run/../a' cannot be the socket of NIC alpha:1", SocketRule
        },
        {
            "vms:\n  alpha: [ { net: nat, vhost-user: /run/x } ]\n  beta: [ { net: nat, vhost-user: { socket: /run/x, role: client } } ]\n",
            "W1113", "lab.weft.yml:3:45: NIC beta:1 and NIC alpha:1 want the same socket '/run/x'",
            "a socket belongs to one NIC; leave 'socket' away and each NIC gets one of its own"
        },
        {
            "vms:\n  alpha: [ { net: nat, attach: tap, tap: { name: a-very-long-name } } ]\n",
            "W1111", "lab.weft.yml:2:42: 'a-very-long-name' cannot be the TAP of NIC alpha:1",
            "an interface name has 1 to 15 bytes, no space, '/', ':', '%' and nothing that a shell takes for its own; give one by 'tap: { name: … }'"
        },
        {
            "vms:\n  alpha: [ { net: nat, tap: { name: t0, netns: \"x; true\" } } ]\n",
            "W1111", "lab.weft.yml:2:48: 'x; true' cannot be the network namespace of NIC alpha:1",
            "it is a name, a full path or a process id, without spaces and what a shell takes for its own"
        },
        {
            "networks: { quiet: { mode: internal, host-loopback: allow } }\n",
            "W1110", "lab.weft.yml:1:53: internal network 'quiet' allows host-loopback", "an internal network has no way to the host"
        },
        {
            "networks:\n  lab: { mode: nat-network\n",
            "W1001", "lab.weft.yml:3:1: this is not YAML", "while parsing a flow mapping, did not find expected ',' or '}'"
        },
        {
            "networks:\n\tlab: nat\n",
            "W1001", "lab.weft.yml:2:1: this is not YAML", "while scanning a mapping, found invalid tab as indentation"
        },
        {
            "- lab\n",
            "W1003", "lab.weft.yml:1:1: a topology is a mapping", "the file's keys are name, networks, vms, forwards"
        },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    [MemberData(nameof(MistakesOfNames))]
    public void A_mistake_is_told_with_its_place_and_its_fix(string text, string code, string message, string cause)
    {
        ReadResult result = TopologyFile.Read(text, "lab.weft.yml");

        Assert.Null(result.Topology);
        WeftError error = TryLine.Checked(Assert.Single(result.Errors));
        Assert.Equal((code, message, cause), (error.Code, error.Message, error.Cause));
        Assert.Equal($"${{EDITOR:-vi}} +{error.Line} lab.weft.yml && weft up lab.weft.yml", error.Try);
    }

    [Fact]
    public void Several_mistakes_are_counted_and_the_first_is_told()
    {
        ReadResult result = TopologyFile.Read("networks:\n  lab: nat-netwrk\n  old: { mode: nat, mut: 3 }\nvms:\n  A: []\n", "f");

        Assert.Equal([2, 3, 5], result.Errors.Select(e => e.Line));
        WeftException problem = Assert.Throws<WeftException>(result.Require);
        Assert.EndsWith("(2 more mistakes in the file, the next in line 3)", problem.Error.Cause);
    }

    [Fact]
    public void Everything_that_can_be_said_is_understood()
    {
        Topology topology = TopologyFile.Read(File.ReadAllText(Repository.PathOf("examples/modes.weft.yml")), "modes.weft.yml").Require();

        Network office = topology.FindNetwork("office")!;
        Assert.Equal((NetworkMode.NatNetwork, true, true, false, 7200),
            (office.Mode, office.Dhcp, office.Dns, office.HostLoopback, office.LeaseSeconds));
        Assert.Equal(new AddressRange(IPAddress.Parse("10.30.0.100"), IPAddress.Parse("10.30.0.199")), office.Pool);
        Assert.Equal(["api.example.test 192.0.2.7", "db 10.30.0.5 10.30.0.6", "printer 10.30.0.9"],
            office.Names.Select(n => $"{n.Name} {string.Join(' ', n.Addresses)}"));
        Assert.Equal(["backstage", "office", "own", "vault"], topology.Networks.Select(n => n.Name));
        Nic[] web = [.. topology.FindVm("web")!.Nics];
        Assert.Equal(["office", "backstage", null], web.Select(n => n.Network));
        Assert.Equal("52:54:00:00:30:15", web[0].Mac);
        Assert.False(topology.FindNic("secret", 1)!.Plugged);
        Assert.Equal(["vhost-user", "seqpacket", "vhost-user", "stream", "stream", "dgram"], topology.FindVm("machine")!.Nics.Select(n => n.Attachment.Word()));
        Assert.Equal(["0.0.0.0:8443:web:443/tcp", "5353:lonely:53/udp"], topology.Forwards.Select(f => f.ToString()));
    }

    [Fact]
    public void Networks_exist_by_use_and_aliases_are_understood()
    {
        Topology topology = TopologyFile.Read("networks: { a: natnetwork, b: intnet }\nvms: { x: [a, b, intnet, nat, {mode: internal}, {mode: none}, none] }", "f").Require();

        Assert.Equal(["a", "b", "intnet", "nat"], topology.Networks.Select(n => n.Name));
        Assert.Equal(
            [NetworkMode.NatNetwork, NetworkMode.Internal, NetworkMode.Internal, NetworkMode.Nat], topology.Networks.Select(n => n.Mode));
        Assert.Equal(["a", "b", "intnet", "nat", "intnet", null, null], topology.FindVm("x")!.Nics.Select(n => n.Network));
        Assert.False(topology.FindNetwork("intnet")!.Dhcp);
    }

    [Fact]
    public void A_vhost_user_nic_has_a_socket_of_its_own_or_of_the_hypervisor()
    {
        Topology topology = TopologyFile.Read("""
            vms:
              a:
                - { net: nat, attach: vhost-user }
                - { net: nat, vhost-user: /run/x }
                - { net: nat, attach: vhost-user, vhost-user: { socket: /run/y, role: client } }
                - { net: nat, attach: seqpacket }
                - nat
            """, "f").Require();

        Nic[] nics = [.. topology.FindVm("a")!.Nics];
        Assert.Equal(
            [new VhostUserPlace(null, VhostUserRole.Server), new("/run/x", VhostUserRole.Server), new("/run/y", VhostUserRole.Client), null, VhostUserPlace.Usual],
            nics.Select(n => n.VhostUser));
        Assert.Equal(["vhost-user", "vhost-user", "vhost-user", "seqpacket", "vhost-user"], nics.Select(n => n.Attachment.Word()));
    }

    [Fact]
    public void The_longest_socket_path_is_the_systems()
    {
        string longest = "/" + new string('s', HomeFolder.MaxSocketPath - 1);

        Assert.NotNull(TopologyFile.Read($"vms: {{ a: [ {{ net: nat, vhost-user: {longest} }} ] }}", "f").Topology);
        Assert.Equal(ErrorCode.BadSocket,
            Assert.Single(TopologyFile.Read($"vms: {{ a: [ {{ net: nat, vhost-user: {longest}s }} ] }}", "f").Errors).Code);
    }

    [Fact]
    public void The_example_of_the_demo_is_right()
    {
        Topology topology = TopologyFile.Read(File.ReadAllText(Repository.PathOf("examples/demo.weft.yml")), "demo.weft.yml").Require();

        Assert.Equal(["lab", "quiet"], topology.Networks.Select(n => n.Name));
        Assert.Equal(["alpha", "beta"], topology.Vms.Select(v => v.Name).Take(2));
        Assert.Equal("8080:alpha:80/tcp", Assert.Single(topology.Forwards).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("{}")]
    public void An_empty_file_is_an_empty_topology(string text) => Assert.Equal(Topology.Empty, TopologyFile.Read(text, "f").Require());

    [Fact]
    public void Aliases_are_understood()
    {
        Topology topology = TopologyFile.Read("networks: { lab: &n { mode: nat-network, mtu: 9000 }, old: *n }\nvms: { a: &v [lab, old], b: *v }", "f").Require();

        Assert.Equal([9000, 9000], topology.Networks.Select(n => n.Mtu));
        Assert.Equal(["lab", "old"], topology.FindVm("b")!.Nics.Select(n => n.Network));
    }
}
