using Weft.Cli.Output;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Tests.Cli;

namespace Weft.Tests.Daemon;

/// <summary>NICs attached by vhost-user, from the file to the worker's records.</summary>
public sealed partial class ApiTests
{
    private const string VhostUser = """
        vms:
          alpha:
            - { net: nat, attach: vhost-user }
            - { net: nat, vhost-user: { role: client, socket: /run/alpha.vhost } }
        """;

    [Fact]
    public void A_vhost_user_nic_reaches_the_worker_with_its_socket_and_its_role()
    {
        _daemon.Up(VhostUser);

        PortRecord[] records = [_daemon.Worker.Ports[0], _daemon.Worker.Ports[1]];
        Assert.Equal([(AttachmentKind.VhostUser, $"{_daemon.Home.Ports}/alpha-1.vhost"), (AttachmentKind.VhostUserClient, "/run/alpha.vhost")],
            records.Select(r => (r.Kind, r.Path.ToString())));
        Assert.All(_daemon.Status().Networks.SelectMany(n => n.Ports), p => Assert.Equal("vhost-user", p.Attachment));
        Assert.Empty(_daemon.Up(VhostUser).Steps);
        Assert.Equal(["remove NIC alpha:2", "add NIC alpha:2"], _daemon.Up(VhostUser.Replace("client", "server")).Steps);
    }

    [Fact]
    public void The_next_weftd_reads_a_vhost_user_nic_as_it_was()
    {
        _daemon.Up(VhostUser);
        _daemon.Stop();
        _daemon.Start(awaitUp: false);

        Assert.Empty(_daemon.Up(VhostUser).Steps);
    }

    [Theory]
    [InlineData("qemu", "-chardev socket,id=nic1,path=PORTS/alpha-1.vhost,reconnect=1")]
    [InlineData("uml", "virtio_uml.device=PORTS/alpha-1.vhost:1")]
    [InlineData("libvirt", "  <source type='unix' path='/run/alpha.vhost' mode='server'/>")]
    public void The_lines_that_attach_a_vhost_user_guest_name_its_socket(string purpose, string line)
    {
        _daemon.Up(VhostUser);

        Assert.Contains(line.Replace("PORTS", _daemon.Home.Ports),
            _daemon.Client.Get(ApiPaths.ArgsOf("alpha", purpose), ApiJson.Default.ArgsDocument).Lines);
    }

    [Fact]
    public void A_socket_among_wefts_own_is_refused()
    {
        WeftError error = Refusal(() => _daemon.Up($"vms: {{ alpha: [ {{ net: nat, vhost-user: {_daemon.Home.WorkerSocket} }} ] }}"),
            ExitCode.Failed);

        Assert.Equal((ErrorCode.BadSocket, "${EDITOR:-vi} lab.weft.yml && weft up lab.weft.yml"), (error.Code, TryLine.Checked(error).Try));
        Assert.StartsWith($"what lies in {_daemon.Home.Run} is Weft's own; ", error.Cause);
    }

    [Fact]
    public void A_socket_in_a_folder_that_is_not_there_is_refused_with_the_command_that_makes_it()
    {
        _daemon.Up(VhostUser);
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutPort ? Errno.ENOENT : 0;

        WeftError error = Refusal(() => _daemon.Up("vms: { alpha: [ { net: nat, vhost-user: /run/vms/a.vhost } ] }"), ExitCode.Failed);

        Assert.Equal(("there is no folder /run/vms", "mkdir -p /run/vms && weft up lab.weft.yml"), (error.Cause, error.Try));
    }
}
