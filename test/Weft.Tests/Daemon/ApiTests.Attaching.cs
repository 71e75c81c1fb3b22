using Weft.Cli.Output;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Attaching;
using Weft.Model.Errors;
using Weft.Tests.Cli;
using Weft.Wire;

namespace Weft.Tests.Daemon;

/// <summary>What attaches a guest, and its cable.</summary>
public sealed partial class ApiTests
{
    [Fact]
    public void Cables_are_plugged_and_unplugged()
    {
        _daemon.Up(Lab);

        Assert.Equal(["unplug NIC alpha:1"], Plug("alpha", 1, false).Steps);
        Assert.Equal(0, _daemon.Worker.Ports[0].Plugged);
        Assert.Empty(Plug("alpha", 1, false).Steps);
        Assert.Equal(["plug NIC alpha:1"], Plug("alpha", 1, true).Steps);
        Assert.Equal(1, _daemon.Worker.Ports[0].Plugged);
        Assert.Equal(ErrorCode.UnknownNic, Refusal(() => Plug("alpha", 3, true), ExitCode.NotFound).Code);
        WeftError error = Refusal(() => Plug("alpa", 1, true), ExitCode.NotFound);
        Assert.Equal((ErrorCode.UnknownVm, "weft nic plug alpha:1"), (error.Code, error.Try));
    }

    [Fact]
    public void The_lines_that_attach_a_guest_name_its_socket_and_its_mac()
    {
        _daemon.Up(Lab.Replace("[lab, quiet]", "[lab, { net: quiet, attach: seqpacket }]"));
        string mac = _daemon.Worker.Ports[1].Mac.ToString();

        string[] lines = _daemon.Client.Get(ApiPaths.ArgsOf("alpha", "uml"), ApiJson.Default.ArgsDocument).Lines;

        Assert.Equal($"virtio_uml.device={_daemon.Home.Ports}/alpha-1.vhost:1", lines[0]);
        Assert.Equal($"vec1:transport=bess,dst={_daemon.Home.Ports}/alpha-2.sock,depth=128,mac={mac}", lines[1]);
        Assert.Equal(ErrorCode.WrongAttachment, Refusal(() => _daemon.Client.GetText(ApiPaths.ArgsOf("alpha", "netns")),
            ExitCode.Conflict).Code);
        Assert.Equal(ErrorCode.BadRequest, Refusal(() => _daemon.Client.GetText(ApiPaths.ArgsOf("alpha", "xen")), ExitCode.Usage).Code);
        Assert.Equal(ErrorCode.UnknownVm, Refusal(() => _daemon.Client.GetText(ApiPaths.ArgsOf("alfa", "uml")), ExitCode.NotFound).Code);
    }

    [Fact]
    public void What_a_command_says_of_its_guest_comes_into_the_lines()
    {
        _daemon.Up("vms: { alpha: [ { net: nat, attach: vhost-user } ] }");
        string Lines(HypervisorHost? told, string more = "") =>
            string.Join('\n', _daemon.Client.Get(ApiPaths.ArgsOf("alpha", "qemu", told) + more, ApiJson.Default.ArgsDocument).Lines);

        string lines = Lines(new HypervisorHost(0, new Version(7, 1)) { Memory = 3L << 29, Accelerated = false });
        Assert.Contains("size=1536M,", lines);
        Assert.EndsWith(",vectors=0", lines);
        Assert.DoesNotContain("#", lines);
        Assert.DoesNotContain(",vectors=0", Lines(new HypervisorHost(0, new Version(7, 1)) { Accelerated = true }));
        Assert.Contains("size=1G,", Lines(null, "&memory=-1&qemu=x&accelerated=maybe"));
    }

    [Fact]
    public void Another_model_is_a_change_and_the_status_shows_it()
    {
        const string text = "vms: { alpha: [ { net: nat, model: e1000 }, nat ] }";
        _daemon.Up(text);
        string mac = _daemon.Worker.Ports[0].Mac.ToString();

        Assert.Empty(_daemon.Up(text).Steps);
        Assert.Equal(["change NIC alpha:1"], _daemon.Up(text.Replace("e1000", "pcnet")).Steps);
        Assert.Equal(["pcnet", "virtio"], _daemon.Status().Networks.SelectMany(n => n.Ports).Select(p => p.Model));
        _daemon.Stop();
        _daemon.Start(awaitUp: false);
        Assert.Empty(_daemon.Up(text.Replace("e1000", "pcnet")).Steps);
        Assert.Equal(mac, _daemon.Worker.Ports[0].Mac.ToString());
    }

    [Fact]
    public void A_tap_is_opened_by_the_daemon_and_its_failures_are_told()
    {
        const string text = "vms: { alpha: [ { net: nat, tap: { name: t0, netns: guest } } ] }";
        _daemon.TapError = -Errno.ENOENT;
        Assert.Equal("sudo ip netns add guest && weft up lab.weft.yml", Refusal(() => _daemon.Up(text), ExitCode.Failed).Try);
        _daemon.TapError = -Errno.EPERM;
        Assert.Equal(ErrorCode.TapFailed, Refusal(() => _daemon.Up(text), ExitCode.Failed).Code);
        Assert.Equal(ErrorCode.TapFailed, Refusal(() => _daemon.Up(text.Replace(", netns: guest", "")), ExitCode.Failed).Code);
        _daemon.TapError = 0;

        _daemon.Up(text);

        Assert.Equal("ip netns exec guest dhclient -1 t0",
            Assert.Single(_daemon.Client.Get(ApiPaths.ArgsOf("alpha", "netns"), ApiJson.Default.ArgsDocument).Lines));
        Assert.Empty(_daemon.Up(text).Steps);
    }
}
