using System.Text.Json;
using Weft.Cli.Guests;
using Weft.Cli.Output;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Tests.Daemon;

namespace Weft.Tests.Cli;

/// <summary>The command line as its user has it: arguments in; exit code, output and three lines out. One at a time, since the console is
/// one.</summary>
[Collection(nameof(CommandLineTests))]
public sealed partial class CommandLineTests : IDisposable
{
    private readonly TestDaemon _daemon = new();
    /// <summary>What stands in the place of weft in the end: path and arguments.</summary>
    private readonly List<string> _ran = [];
    private readonly ProgramStart _started;
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-cli-").FullName;

    public CommandLineTests() => _started = (path, words) =>
    {
        _ran.AddRange([path, .. words]);
        return -Errno.EACCES;
    };

    public void Dispose()
    {
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_day_with_weft()
    {
        string file = Path.Combine(_folder, "lab.weft.yml");
        File.WriteAllText(file, "networks: { lab: nat-network }\nvms: { alpha: [lab] }\nforwards: [8080:alpha:80]\n");

        Assert.Equal((0, "add network lab (10.20.0.0/24)\nadd NIC alpha:1\nadd forward 8080:alpha:80/tcp\n", ""), Weft("up", file));
        Assert.Equal((0, "up: nothing to change\n", ""), Weft("up", file));
        Assert.Equal((0, "127.0.0.1:8080/tcp\n", ""), Weft("forward", "ls", "-o", "name"));
        Assert.Equal((0, "add forward 0.0.0.0:53:alpha:53/udp\n", ""), Weft("forward", "add", "0.0.0.0:53:alpha:53/udp"));
        Assert.Equal((0, "remove forward 0.0.0.0:53:alpha:53/udp\n", ""), Weft("forward", "rm", "0.0.0.0:53/udp"));
        Assert.Equal((0, "note: nothing to do: no forward listens on 0.0.0.0:53/udp\n", ""), Weft("forward", "rm", "0.0.0.0:53/udp"));
        Assert.Equal((0, "unplug NIC alpha:1\n", ""), Weft("nic", "unplug", "alpha:1"));
        Assert.Equal((0, "NIC alpha:1 is unplugged already\n", ""), Weft("nic", "unplug", "alpha:1"));
        Assert.StartsWith("virtio_uml.device=", Weft("vm", "args", "alpha", "--for", "uml").Output);
        (int code, string picture, _) = Weft("status");
        Assert.Equal(0, code);
        Assert.Contains("worker ok", picture);
        Assert.Contains("unplugged", picture);
        using JsonDocument json = JsonDocument.Parse(Weft("status", "-o", "json").Output);
        Assert.Equal(("v1", "Status"), (json.RootElement.GetProperty("apiVersion").GetString(),
            json.RootElement.GetProperty("kind").GetString()));
        Assert.Equal((0, "down\n", ""), Weft("down"));
        Assert.Equal((0, "nothing runs\n", ""), Weft("down"));
        AssertRefused(ExitCode.NotRunning, ErrorCode.NotRunning, "status");
    }

    [Fact]
    public void What_a_hypervisor_takes_is_the_output_and_remarks_are_not()
    {
        string file = Path.Combine(_folder, "lab.weft.yml");
        File.WriteAllText(file, "vms: { alpha: [ { net: nat, attach: vhost-user, mac: '52:54:00:00:00:01' } ] }\n");
        Weft("up", file);

        (int code, string output, string remarks) = Weft("vm", "args", "alpha", "--for", "cloud-hypervisor");

        Assert.Equal((0, "# the guest's memory is shared with Weft: put your size in place of 1G\n"), (code, remarks));
        Assert.Equal("--memory size=1G,shared=on\n--net mac=52:54:00:00:00:01," +
            $"socket={_daemon.Home.Ports}/alpha-1.vhost,vhost_user=true\n", output);
        Assert.All(Weft("vm", "args", "alpha", "--for", "qemu").Output.TrimEnd().Split('\n'), line => Assert.StartsWith("-", line));
        Assert.StartsWith("<!--", Weft("vm", "args", "alpha", "--for", "libvirt").Output);
    }

    [Fact]
    public void A_command_runs_with_the_arguments_of_its_guests_cards()
    {
        string file = Path.Combine(_folder, "lab.weft.yml");
        File.WriteAllText(file, "vms: { alpha: [ { net: nat, mac: '52:54:00:00:00:01' }, { net: nat, attach: seqpacket } ] }\n");
        string qemu = Program("qemu-system-x86_64", "echo QEMU emulator version 9.2.1");
        Weft("up", file);

        // The start is refused here; a program that takes the place of weft has no answer.
        (int code, string output, string error) = CommandLine.Run(_started, "--home", _daemon.Home.Path, "run", "alpha", "--", qemu, "-m", "1.5G", "-enable-kvm", "-append", "a -- b", "@x");

        Assert.Equal(
        [
            qemu, qemu, "-m", "1.5G", "-enable-kvm", "-append", "a -- b", "@x", "-object", "memory-backend-memfd,id=mem0,size=1536M,share=on", "-machine", "memory-backend=mem0",
            "-chardev", $"socket,id=nic1,path={_daemon.Home.Ports}/alpha-1.vhost,reconnect-ms=1000", "-netdev", "vhost-user,id=nic1,chardev=nic1",
            "-device", "virtio-net-pci,netdev=nic1,mac=52:54:00:00:00:01",
        ], _ran.Select(word => word.Replace(",hugetlb=on", "")));
        Assert.Equal((ExitCode.Failed, ""), (code, output));
        Assert.StartsWith("# NIC alpha:2 is left out: it is attached by seqpacket, and QEMU needs ", error);
        AssertThreeLines(error[(error.IndexOf('\n') + 1)..], ErrorCode.NoProgram);
    }

    [Fact]
    public void A_command_that_cannot_run_is_refused_before_anything_else()
    {
        string qemu = Program("qemu-system-x86_64", "echo QEMU emulator version 7.2"), script = Program("start.sh", ""), fire = Program("firecracker", "");

        AssertRefused(ExitCode.NotRunning, ErrorCode.NotRunning, "run", "alpha", qemu);
        Weft("up");
        AssertRefused(ExitCode.NotFound, ErrorCode.UnknownVm, "run", "alpha", qemu);
        AssertRefused(ExitCode.NotFound, ErrorCode.NoProgram, "run", "alpha", "qemu-system-of-nobody");
        AssertRefused(ExitCode.NotFound, ErrorCode.NoProgram, "run", "alpha", Path.Combine(_folder, "qemu-system-arm"));
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "run", "alpha", script);
        AssertRefused(ExitCode.NotFound, ErrorCode.UnknownVm, "run", "alpha", "--for", "uml", script);
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "run", "alpha", fire);
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "run", "alpha");
        Assert.Empty(_ran);
    }

    [Fact]
    public void What_is_typed_wrong_gets_three_lines_and_a_code()
    {
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "upp");
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "vm", "args", "alpha");
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "vm", "args", "alpha", "--for", "xen");
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "status", "-o", "xml");
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "nic", "plug", "alpha");
        AssertRefused(ExitCode.Usage, ErrorCode.BadForward, "forward", "add", "80:80");
        AssertRefused(ExitCode.Usage, ErrorCode.BadForward, "forward", "rm", "x");
        AssertRefused(ExitCode.NotFound, ErrorCode.NoFile, "up", "/no/such.weft.yml");
        AssertRefused(ExitCode.NotRunning, ErrorCode.NotRunning, "forward", "add", "80:alpha:80");
    }

    [Fact]
    public void Every_exit_code_is_met()
    {
        AssertRefused(ExitCode.NotRunning, ErrorCode.NotRunning, "net", "create", "lab");
        Assert.Equal(ExitCode.Ok, Weft("up").Code);
        Weft("vm", "create", "alpha");
        Weft("nic", "add", "alpha", "default", "--attach", "vhost-user");
        AssertRefused(ExitCode.Usage, ErrorCode.BadValue, "net", "set", "default", "mtu=1");
        AssertRefused(ExitCode.NotFound, ErrorCode.UnknownNetwork, "net", "show", "lab");
        AssertRefused(ExitCode.Conflict, ErrorCode.AlreadyThere, "net", "create", "default");
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutForward ? Errno.EACCES : 0;
        AssertRefused(ExitCode.Permission, ErrorCode.PortNotAllowed, "forward", "add", "80:alpha:80");
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutForward ? Errno.ENOSYS : 0;
        AssertRefused(ExitCode.Failed, ErrorCode.StepFailed, "forward", "add", "80:alpha:80");
        _daemon.Worker.State.Array<VhostRecord>(SharedArray.Vhost)[0].Shrank = 1;
        Assert.Equal(ExitCode.Degraded, Weft("status").Code);
    }

    [Fact]
    public void A_home_of_too_long_a_name_is_refused_up_front()
    {
        (int code, _, string error) = CommandLine.Run("status", "--home", "/tmp/" + new string('x', 120));

        Assert.Equal(ExitCode.Failed, code);
        AssertThreeLines(error, ErrorCode.HomePathTooLong);
    }

    [Fact]
    public void The_version_is_one_line() => Assert.Matches("^weft [0-9]+\\.[0-9]+\\.[0-9]+\n$", Weft("version").Output);

    private string Program(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private void AssertRefused(int code, string errorCode, params string[] args)
    {
        (int actual, string output, string error) = Weft(args);
        Assert.Equal((code, ""), (actual, output));
        AssertThreeLines(error, errorCode);
    }

    private static void AssertThreeLines(string text, string code)
    {
        string[] lines = text.Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.StartsWith($"error {code}: ", lines[0]);
        Assert.StartsWith("why: ", lines[1]);
        Assert.StartsWith("try: ", lines[2]);
        TryLine.Check(lines[2]["try: ".Length..]);
    }

    private (int Code, string Output, string Error) Weft(params string[] args) =>
        CommandLine.Run(_started, [.. args, "--home", _daemon.Home.Path]);
}
