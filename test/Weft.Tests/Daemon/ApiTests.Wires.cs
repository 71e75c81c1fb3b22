using Weft.Cli.Output;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Errors;
using Weft.Tests.Cli;

namespace Weft.Tests.Daemon;

/// <summary>NICs attached by streams and datagrams, from the file to the worker's records.</summary>
public sealed partial class ApiTests
{
    private const string Wires = """
        vms:
          alpha:
            - { net: nat, attach: stream }
            - { net: nat, stream: { connect: 127.0.0.1:5001 } }
            - { net: nat, attach: dgram }
            - { net: nat, dgram: { local: ":5002", remote: 10.0.0.9:5003 } }
        """;

    [Fact]
    public void Streams_and_datagrams_reach_the_worker_with_their_ends()
    {
        _daemon.Up(Wires);

        PortRecord[] records = [.. Enumerable.Range(0, 4).Select(i => _daemon.Worker.Ports[i])];
        Assert.Equal(
            [
                (AttachmentKind.Stream, $"{_daemon.Home.Ports}/alpha-1.stream", ""),
                (AttachmentKind.StreamClient, "127.0.0.1:5001", ""),
                (AttachmentKind.Dgram, $"{_daemon.Home.Ports}/alpha-3.dgram", $"{_daemon.Home.Ports}/alpha-3.guest.dgram"),
                (AttachmentKind.Dgram, "127.0.0.1:5002", "10.0.0.9:5003"),
            ],
            records.Select(r => (r.Kind, r.Path.ToString(), r.Remote.ToString())));
        Assert.Empty(_daemon.Up(Wires).Steps);
        Assert.Equal(["10.0.0.9:5003", $"{_daemon.Home.Ports}/alpha-3.guest.dgram", null, null],
            _daemon.Status().Networks.SelectMany(n => n.Ports).OrderByDescending(p => p.Name).Select(p => p.Remote));
    }

    [Fact]
    public void The_next_weftd_reads_streams_and_datagrams_as_they_were()
    {
        _daemon.Up(Wires);
        _daemon.Stop();
        _daemon.Start(awaitUp: false);

        Assert.Empty(_daemon.Up(Wires).Steps);
    }

    [Theory]
    [InlineData(Errno.EADDRINUSE, ErrorCode.PortInUse, 4)]
    [InlineData(Errno.EACCES, ErrorCode.PortNotAllowed, 5)]
    [InlineData(Errno.EADDRNOTAVAIL, ErrorCode.AddressNotHere, ExitCode.Failed)]
    public void A_port_that_cannot_be_had_is_told_as_a_port(int errno, string code, int exit)
    {
        _daemon.Up("networks: { lab: nat-network }");
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutPort ? errno : 0;

        WeftError error = Refusal(() => _daemon.Up("vms: { alpha: [ { net: nat, stream: 10.9.8.7:53 } ] }"), exit);

        Assert.Equal(code, TryLine.Checked(error).Code);
        Assert.Equal("the socket 10.9.8.7:53 of NIC alpha:1 cannot be made", error.Message);
    }
}
