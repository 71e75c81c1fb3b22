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

/// <summary>Forwards, while they run.</summary>
public sealed partial class ApiTests
{
    [Fact]
    public void Forwards_come_and_go_while_it_runs()
    {
        _daemon.Up(Lab);

        Assert.Equal(["add forward 5353:beta:53/udp"], _daemon.AddForward("5353:beta:53/udp").Steps);
        Assert.Empty(_daemon.AddForward("5353:beta:53/udp").Steps);
        Assert.Equal(["127.0.0.1:5353", "127.0.0.1:8080"], _daemon.Worker.Names(SharedArray.Forwards));
        Assert.Equal(["5353:beta:53/udp", "8080:alpha:80/tcp"], _daemon.Client.Get(ApiPaths.Forwards, ApiJson.Default.ForwardList).Items
            .Select(f => f.Forward));
        Assert.Equal(["remove forward 5353:beta:53/udp"], _daemon.Client.Delete(ApiPaths.ForwardOf("5353/udp"),
            ApiJson.Default.ChangeReply).Steps);
        Assert.Contains("nothing to do",
            Assert.Single(_daemon.Client.Delete(ApiPaths.ForwardOf("5353/udp"), ApiJson.Default.ChangeReply).Notes));
        Assert.Equal(ErrorCode.DuplicateForward, Refusal(() => _daemon.AddForward("0.0.0.0:8080:beta:80"), ExitCode.Conflict).Code);
        Assert.Equal(ErrorCode.UnknownVm, Refusal(() => _daemon.AddForward("8081:betta:80"), ExitCode.NotFound).Code);
        Assert.Equal(ErrorCode.BadForward, Refusal(() => _daemon.AddForward("nonsense"), ExitCode.Usage).Code);
    }

    [Fact]
    public void Refused_forwards_say_why_and_what_would_work()
    {
        _daemon.Up(Lab);
        int errno = 0;
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutForward ? errno : 0;

        errno = Errno.EACCES;
        WeftError low = Refusal(() => _daemon.AddForward("80:alpha:80"), ExitCode.Permission);
        Assert.Equal((ErrorCode.PortNotAllowed, "weft forward add 8080:alpha:80/tcp"), (low.Code, low.Try));
        errno = Errno.EADDRNOTAVAIL;
        Assert.Equal(ErrorCode.AddressNotHere, Refusal(() => _daemon.AddForward("203.0.113.1:81:alpha:80"), ExitCode.Failed).Code);
        errno = Errno.ENOSPC;
        Assert.Equal(ErrorCode.TableFull, Refusal(() => _daemon.AddForward("82:alpha:80"), ExitCode.Failed).Code);
        errno = Errno.ENOSYS;
        Assert.Equal(ErrorCode.StepFailed, Refusal(() => _daemon.AddForward("83:alpha:80"), ExitCode.Failed).Code);
    }

    [Fact]
    public void The_owner_of_a_port_in_use_is_named()
    {
        using System.Net.Sockets.TcpListener other = new(System.Net.IPAddress.Loopback, 0);
        other.Start();
        int port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        _daemon.Up(Lab);
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutForward ? Errno.EADDRINUSE : 0;

        WeftError error = Refusal(() => _daemon.AddForward($"{port}:alpha:80"), ExitCode.Conflict);

        Assert.StartsWith($"host port {port} is in use (pid {Environment.ProcessId}, ", error.Message);
    }
}
