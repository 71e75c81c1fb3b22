using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Errors;

namespace Weft.Tests.Cli.Tries;

/// <summary>Commands that are refused while something runs.</summary>
internal static class BadCommands
{
    public static readonly Provocation[] All =
    [
        new(ErrorCode.UnknownNetwork, "net show lba", Up) { Instead = true },
        new(ErrorCode.UnknownNetwork, "net show quite-another", Up) { Says = "NETWORK" },
        new(ErrorCode.TooManyNics, "nic add alpha none", stage =>
        {
            Up(stage);
            for (int i = 0; i < 7; i++)
            {
                stage.Weft("nic add alpha none");
            }
        }),
        new(ErrorCode.UnknownVm, "vm args alhpa --for uml", Up) { Instead = true },
        new(ErrorCode.UnknownVm, "why alhpa gateway", Up) { Instead = true },
        new(ErrorCode.UnknownVm, "forward add 8081:betta:80", Up) { Instead = true },
        new(ErrorCode.UnknownVm, "nic unplug alhpa:1", Up) { Instead = true },
        new(ErrorCode.UnknownVm, "vm show nobody-like-that", Up) { Says = "alpha" },
        new(ErrorCode.UnknownNic, "nic plug alpha:3", Up) { Says = "alpha:1" },
        new(ErrorCode.UnknownNic, "nic show alpha:3", Up) { Says = "alpha:1" },
        new(ErrorCode.ForwardWithoutNat, "forward add 8081:secret:80", Up) { Says = "quiet" },
        new(ErrorCode.BadForward, "forward add 8081-80", Up) { Instead = true, Meanwhile = stage => stage.Weft("forward rm 8080") },
        new(ErrorCode.BadForward, "forward rm nonsense", Up) { Says = "8080:alpha:80/tcp" },
        new(ErrorCode.DuplicateForward, "forward add 8080:beta:80", Up),
        new(ErrorCode.PortInUse, "forward add 8081:alpha:80", stage => Refuse(stage, Errno.EADDRINUSE)) { Instead = true, Meanwhile = Allow },
        new(ErrorCode.PortNotAllowed, "forward add 80:alpha:80", stage =>
        {
            Refuse(stage, Errno.EACCES);
            stage.Weft("forward rm 8080");
        })
        { Instead = true, Meanwhile = Allow },
        new(ErrorCode.AddressNotHere, "forward add 192.0.2.9:8081:alpha:80", stage => Refuse(stage, Errno.EADDRNOTAVAIL)) { Instead = true, Meanwhile = Allow },
        new(ErrorCode.StepFailed, "forward add 8081:alpha:80", stage => Refuse(stage, Errno.ENOSYS)) { Says = "problems:" },
        new(ErrorCode.TableFull, "forward add 8081:alpha:80", stage => Refuse(stage, Errno.ENOSPC)) { Says = "problems:" },
        new(ErrorCode.WrongAttachment, "vm args alpha --for netns", Up) { Instead = true },
        new(ErrorCode.SubnetCollides, "net create more --subnet 10.99.0.0/24", stage =>
        {
            Up(stage);
            stage.Daemon.Routes.Add(new Weft.Model.Planning.HostRoute(System.Net.IPNetwork.Parse("10.99.0.0/16"), "eth9"));
        })
        { Instead = true },
        new(ErrorCode.AlreadyThere, "net create lab", Up) { Says = "nat-network" },
        new(ErrorCode.AlreadyThere, "vm create alpha", Up) { Says = "alpha:1" },
        new(ErrorCode.NetworkInUse, "net rm lab", Up) { Instead = true },
        new(ErrorCode.UnknownChange, "diff 99", Up) { Says = "up lab.weft.yml" },
        new(ErrorCode.NothingToUndo, "undo", stage =>
        {
            Up(stage);
            stage.Daemon.Stop();
            Array.ForEach(Directory.GetFiles($"{stage.Daemon.Home.State}/history"), File.Delete);
            stage.Daemon.Start(awaitUp: false);
        })
        { Says = "no changes yet" },
        new(ErrorCode.UnknownPoint, "capture nothing-of-that-name -w x.pcapng", Up) { Says = "lab" },
        new(ErrorCode.BadValue, "net set lab mtu=1", Up) { Says = "mtu" },
        new(ErrorCode.BadValue, "capture lab -w x.pcapng --for -1", Up) { Says = "--for" },
        new(ErrorCode.UnknownKey, "net set lab mut=1", Up) { Says = "mtu" },
        new(ErrorCode.DoesNotApply, "net create x --pool 10.60.0.9-10.60.0.20", Up) { Says = "NETWORK" },
        new(ErrorCode.NoProgram, "run alpha -- linux-of-nobody", Up) { Says = "vhost-user" },
        new(ErrorCode.NoProgram, "run alpha -- ./linux.uml", Up) { Says = "virtio_uml.device=" },
        new(ErrorCode.UnknownName, "resolve gatewy", Up) { Instead = true },
        new(ErrorCode.Usage, "stauts") { Says = "weft status [options]" },
        new(ErrorCode.Usage, "net crate lab") { Says = "weft net create <NAME>" },
        new(ErrorCode.Usage, "diff first") { Says = "weft diff <N>" },
        new(ErrorCode.Usage, "net set 'a b' nonsense", Up) { Meanwhile = stage => stage.Weft("net create lab"), Says = "unknown network 'a b'" },
        new(ErrorCode.Usage, "nic plug alpha", Up) { Instead = true },
        new(ErrorCode.Usage, "explain W9999") { Says = "why:" },
        new(ErrorCode.Usage, "run alpha -- ./vm.sh", stage =>
        {
            Up(stage);
            stage.Write("#!/bin/sh\necho started with \"$@\"\n", "vm.sh");
            File.SetUnixFileMode($"{stage.Folder}/vm.sh", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        })
        { Says = "started with " },
        new(ErrorCode.NotRunning, "net create office"),
        new(ErrorCode.NoFile, "validate"),
        new(ErrorCode.NoFile, "validate 'my lab.yml'"),
        new(ErrorCode.NoFile, "up /no/such/folder/lab.yml") { Instead = true },
        new(ErrorCode.NoFile, "up lab.weft.yaml", stage => stage.Write(TryStage.Good)) { Instead = true },
        new(ErrorCode.NoFile, "up .", stage => stage.Write(TryStage.Good)) { Instead = true },
        new(ErrorCode.NoFile, "apply lab.weft.yml", stage => stage.Weft("up")),
    ];

    public static void Up(TryStage stage)
    {
        stage.Write(TryStage.Good);
        (int code, _, string error) = stage.Weft("up lab.weft.yml");
        Assert.True(code == 0, error);
    }

    /// <summary>The host refuses every forward.</summary>
    private static void Refuse(TryStage stage, int errno)
    {
        Up(stage);
        stage.Daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutForward ? errno : 0;
    }

    private static void Allow(TryStage stage) => stage.Daemon.Worker.Refuse = (_, _) => 0;
}
