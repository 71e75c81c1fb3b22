using System.Net;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Tests.Cli;

namespace Weft.Tests.Model;

/// <summary>Streams and datagrams in a file: what can be said, what it leads to, what is refused.</summary>
public sealed class WirePlacesTests
{
    private const string OneOfItsOwn = "a socket belongs to one NIC; write 'attach: stream' alone and each NIC gets one of its own";
    private const string OnePort = "a port belongs to one NIC or forward; give another one";
    private const string PathRule = "it is a full path from '/', without '..', of at most 107 bytes, none of them a space, quote, ',' or ':'";
    private const string PortRule = "it is ADDRESS:PORT with an IPv4 address and a port from 1 to 65535, or a full path from '/'";
    private const string OwnPortRule = "it is ADDRESS:PORT with an IPv4 address of this host and a port from 1 to 65535, or a full path from '/'";

    /// <summary>Of alpha's NICs, one a line; where the mistake is, and what is said.</summary>
    public static TheoryData<string, string, string, string, string> Mistakes => new()
    {
        { "{ net: nat, stream: a.sock }", "W1112", "4:27", "'a.sock' cannot be the socket of NIC alpha:1", OwnPortRule },
        { "{ net: nat, stream: { listen: '/run/a,b' } }", "W1112", "4:37", "'/run/a,b' cannot be the socket of NIC alpha:1", PathRule },
        { "{ net: nat, stream: 127.0.0.1:0 }", "W1112", "4:27", "'127.0.0.1:0' cannot be the socket of NIC alpha:1", OwnPortRule },
        { "{ net: nat, stream: 127.1:5000 }", "W1112", "4:27", "'127.1:5000' cannot be the socket of NIC alpha:1", OwnPortRule },
        { "{ net: nat, stream: { connect: 0.0.0.0:5000 } }", "W1112", "4:38", "'0.0.0.0:5000' cannot be the socket of NIC alpha:1", PortRule },
        { "{ net: nat, stream: { listen: /run/a, connect: /run/b } }", "W1110", "4:54", "stream of NIC alpha:1 has a 'listen' and a 'connect'",
            "Weft listens and the hypervisor connects, or the other way round" },
        { "{ net: nat, stream: { conect: /run/b } }", "W1002", "4:29", "unknown key 'conect' in stream of NIC alpha:1",
            "did you mean 'connect'? the keys of a stream are listen, connect" },
        { "{ net: nat, stream: [/run/a] }", "W1003", "4:27", "'stream' of NIC alpha:1 is not a single value",
            "a list or a mapping stands where one value belongs" },
        { "{ net: nat, attach: tap, stream: /run/a }", "W1110", "4:40", "NIC alpha:1 is attached by tap and has a 'stream'",
            "write 'attach: stream', or take 'stream' away" },
        { "{ net: nat, stream: /run/a }\n    - { net: nat, stream: { connect: /run/a } }", "W1113", "5:38",
            "NIC alpha:2 and NIC alpha:1 want the same socket '/run/a'", OneOfItsOwn },
        { "{ net: nat, stream: 127.0.0.1:5000 }\n    - { net: nat, stream: 0.0.0.0:5000 }", "W1113", "5:27",
            "NIC alpha:2 and NIC alpha:1 want the same socket '0.0.0.0:5000'", OnePort },
        { "{ net: nat, stream: ':8080' }", "W1113", "4:27",
            "NIC alpha:1 and forward '8080:alpha:80/tcp' want the same socket '127.0.0.1:8080'", OnePort },
        { "{ net: nat, dgram: /run/a }", "W1003", "4:26", "dgram of NIC alpha:1 has no two ends",
            "datagrams have two ends: 'dgram: { local: …, remote: … }', or 'attach: dgram' for both in Weft's own folder" },
        { "{ net: nat, dgram: { local: /run/a } }", "W1112", "4:26", "NIC alpha:1 has one end of two",
            "'local' is Weft's end and 'remote' the hypervisor's: give both, or none and they lie in Weft's own folder" },
        { "{ net: nat, dgram: { local: /run/a, remote: 127.0.0.1:5001 } }", "W1112", "4:26",
            "the ends '/run/a' and '127.0.0.1:5001' of NIC alpha:1 do not meet", "both are paths, or both are ADDRESS:PORT" },
        { "{ net: nat, dgram: { local: /run/a, remote: /run/a } }", "W1113", "4:51", "both ends of NIC alpha:1 are '/run/a'",
            "a socket belongs to one NIC; write 'attach: dgram' alone and each NIC gets one of its own" },
        { "{ net: nat, dgram: { local: 127.0.0.1:5000, remote: 239.192.168.1:1102 } }", "W1112", "4:59",
            "'239.192.168.1:1102' cannot be the socket of NIC alpha:1", PortRule },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_its_place_and_its_fix(string nics, string code, string place, string message, string cause)
    {
        ReadResult result = TopologyFile.Read($"forwards: [ 8080:alpha:80 ]\nvms:\n  alpha:\n    - {nics}\n", "f");

        Assert.Null(result.Topology);
        WeftError error = TryLine.Checked(Assert.Single(result.Errors));
        Assert.Equal((code, $"f:{place}: {message}", cause), (error.Code, error.Message, error.Cause));
    }

    [Theory]
    [InlineData("stream: ':5000'", "stream: { listen: 127.0.0.1:5000 }")]
    [InlineData("stream: /run/all", "stream: { listen: /run/all }")]
    public void Streams_may_be_listened_for_at_one_place(string one, string other)
    {
        ReadResult result = TopologyFile.Read($"vms: {{ a: [{{ net: nat, {one} }}], b: [{{ net: nat, {other} }}, {{ net: nat, {one} }}] }}\n", "f");

        Assert.Empty(result.Errors);
        Assert.Single(result.Topology!.Vms.SelectMany(vm => vm.Nics).Select(nic => nic.Stream!.Address).Distinct());
    }

    [Fact]
    public void Every_way_to_say_it_leads_to_a_port_with_its_ends()
    {
        Topology topology = TopologyFile.Read("""
            vms:
              a:
                - { net: nat, attach: stream }
                - { net: nat, stream: /run/x }
                - { net: nat, stream: ":5000" }
                - { net: nat, stream: { listen: 10.0.0.1:5000 } }
                - { net: nat, stream: { connect: /run/y } }
                - { net: nat, attach: dgram }
                - { net: nat, dgram: { local: /run/l, remote: /run/r } }
                - { net: nat, attach: dgram, dgram: { local: ":5000", remote: 10.0.0.2:5000 } }
            """, "f").Require();

        Assert.Equal(
            [
                (AttachmentKind.Stream, "/p/a-1.stream", null, false),
                (AttachmentKind.Stream, "/run/x", null, false),
                (AttachmentKind.Stream, "127.0.0.1:5000", null, false),
                (AttachmentKind.Stream, "10.0.0.1:5000", null, false),
                (AttachmentKind.Stream, "/run/y", null, true),
                (AttachmentKind.Dgram, "/p/a-6.dgram", "/p/a-6.guest.dgram", false),
                (AttachmentKind.Dgram, "/run/l", "/run/r", false),
                (AttachmentKind.Dgram, "127.0.0.1:5000", "10.0.0.2:5000", false),
            ],
            Derive(topology).Ports.Select(p => (p.Attachment, p.Path, p.Remote, p.Dials)));
    }

    [Fact]
    public void Udp_and_tcp_share_a_port_and_a_foreign_host_may_have_the_same()
    {
        Assert.NotNull(TopologyFile.Read("""
            forwards: [ 5000:a:80/udp ]
            vms: { a: [ { net: nat, stream: ":5000" }, { net: nat, dgram: { local: 0.0.0.0:5001, remote: 10.0.0.2:5001 } } ] }
            """, "f").Topology);
    }

    [Theory]
    [InlineData("{ net: nat, stream: /run/y }")]
    [InlineData("{ net: nat, stream: { connect: /run/x } }")]
    [InlineData("{ net: nat, dgram: { local: /run/x, remote: /run/r } }")]
    public void Another_end_or_role_is_another_port(string nic)
    {
        DataPlane from = Derive(TopologyFile.Read("vms: { a: [ { net: nat, stream: /run/x } ] }", "f").Require());
        DataPlane to = Derive(TopologyFile.Read($"vms: {{ a: [ {nic} ] }}", "f").Require());

        Assert.Equal(["remove NIC a:1", "add NIC a:1"], Planner.Plan(from, to).Select(s => s.Text));
    }

    [Fact]
    public void Another_remote_end_of_datagrams_is_another_port()
    {
        DataPlane Of(string remote) =>
            Derive(TopologyFile.Read($"vms: {{ a: [ {{ net: nat, dgram: {{ local: /run/x, remote: {remote} }} }} ] }}", "f").Require());

        Assert.Equal(["remove NIC a:1", "add NIC a:1"], Planner.Plan(Of("/run/y"), Of("/run/z")).Select(s => s.Text));
    }

    [Fact]
    public void A_home_has_to_be_short_enough_for_the_longest_end()
    {
        Topology topology = TopologyFile.Read("vms: { a: [ { net: nat, attach: dgram } ] }", "f").Require();
        string fits = "/" + new string('h', HomeFolder.MaxSocketPath - 1 - "/run/ports/a-1.guest.dgram".Length);

        new HomeFolder(fits).RequireShortPaths(topology);
        Assert.Equal(ErrorCode.HomePathTooLong,
            Assert.Throws<WeftException>(() => new HomeFolder($"{fits}h").RequireShortPaths(topology)).Error.Code);
    }

    [Theory]
    [InlineData("{ net: nat, stream: /h/run/ports/b-1.sock }")]
    [InlineData("{ net: nat, dgram: { local: /tmp/l, remote: /h/run/keeper.sock } }")]
    public void A_socket_among_wefts_own_is_refused(string nic)
    {
        Topology topology = TopologyFile.Read($"vms: {{ a: [ {nic} ] }}", "f").Require();

        Assert.Equal(ErrorCode.BadSocket, Assert.Throws<WeftException>(() => new HomeFolder("/h").RequireForeignSockets(topology)).Error.Code);
    }

    private static DataPlane Derive(Topology topology) =>
        Derivation.Derive(topology, new HostView([], new Dictionary<string, IPNetwork>(), "/p")).Plane;
}
