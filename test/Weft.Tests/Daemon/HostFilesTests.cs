using Weft.Daemon.Host;
using Weft.Daemon.Workers;
using Weft.Linux;
using Weft.Model;
using Weft.Model.Attaching;
using Weft.Model.Errors;
using Weft.Model.Planning;
using Weft.Tests.Cli;

namespace Weft.Tests.Daemon;

public sealed class HostFilesTests
{
    [Fact]
    public void Routes_are_read_as_the_kernel_writes_them()
    {
        IReadOnlyList<HostRoute> routes = RouteTable.Parse(
        [
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
            "tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0",
            "down\t0000A8C0\t00000000\t0000\t0\t0\t0\t0000FFFF\t0\t0\t0",
        ]);

        Assert.Equal(["0.0.0.0/0 (eth0)", "192.0.2.0/24 (eth0)", "10.0.0.0/8 (tun0)"], routes.Select(r => r.ToString()));
        Assert.Equal([true, false, false], routes.Select(r => r.IsDefault));
    }

    [Fact]
    public void A_namespace_is_named_by_path_by_process_or_by_name() =>
        Assert.Equal([null, "/x/ns", "/proc/12/ns/net", "/run/netns/guest"], new[] { null, "/x/ns", "12", "guest" }
            .Select(HostTaps.PathOf));

    [Fact]
    public void Huge_pages_count_when_they_are_free()
    {
        Assert.Equal(3L << 21, HypervisorHosts.FreeHugeBytes(
            ["AnonHugePages:         0 kB", "HugePages_Total:      8", "HugePages_Free:        3", "Hugepagesize:       2048 kB", "Hugetlb: 0 kB"]));
        Assert.Equal(0, HypervisorHosts.FreeHugeBytes(["MemTotal: 12 kB", "", "HugePages_Free: ?"]));
    }

    [Theory]
    [InlineData("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nCopyright (c) 2003-2022\n", "7.2.22")]
    [InlineData("QEMU emulator version 10.0.2\n", "10.0.2")]
    [InlineData("QEMU emulator version", null)]
    [InlineData("", null)]
    public void The_version_of_qemu_is_in_what_it_says(string said, string? version) =>
        Assert.Equal(version, QemuVersion.Of(said)?.ToString());

    [Fact]
    public void Every_refusal_of_a_step_has_three_lines_with_a_command_that_parses()
    {
        PlanePort socket = new() { Name = "alpha:1", Guest = "alpha", Mac = "52:54:00:00:00:01", Attachment = AttachmentKind.Seqpacket,
            Path = "/h/run/ports/alpha-1.sock" };
        PlanStep[] steps =
        [
            new PlanStep.AddForward(new PlaneForward(ForwardProtocol.Tcp, System.Net.IPAddress.Loopback, 80, "lab", null, "alpha", 80)),
            new PlanStep.AddForward(new PlaneForward(ForwardProtocol.Udp, System.Net.IPAddress.Any, 65535, "lab",
                System.Net.IPAddress.Parse("10.20.0.15"), "", 80)),
            new PlanStep.AddPort(socket),
            new PlanStep.AddPort(socket with { Attachment = AttachmentKind.VhostUser, Path = "/run/vms/alpha.vhost" }),
            new PlanStep.AddPort(socket with { Attachment = AttachmentKind.Tap, Path = "t0" }),
            new PlanStep.AddPort(socket with { Attachment = AttachmentKind.Tap, Path = "t0", Namespace = "guest" }),
            new PlanStep.AddNetwork(new PlaneNetwork { Name = "lab", Mode = NetworkMode.Internal }),
            new PlanStep.RemovePort(socket),
        ];
        int[] errors = [Errno.EADDRINUSE, Errno.EACCES, Errno.EPERM, Errno.EADDRNOTAVAIL, Errno.ENOSPC, Errno.ENOENT, Errno.EBUSY,
            Errno.EINVAL, Errno.ENOSYS, Errno.EMFILE];
        foreach (PlanStep step in steps)
        {
            foreach (int error in errors)
            {
                WeftError told = TryLine.Checked(StepErrors.Of(new StepFailedException(step, error, "bind /h/run/ports/alpha-1.sock")));
                Assert.NotEqual(ErrorCode.Internal, told.Code);
            }
        }
    }

    [Fact]
    public void Records_hold_all_of_a_network_a_port_and_a_forward()
    {
        Weft.Tests.Model.RandomTopologies topologies = new(9);
        for (int i = 0; i < 100; i++)
        {
            DataPlane plane = Derivation.Derive(topologies.Next(),
                new HostView([], new Dictionary<string, System.Net.IPNetwork>(), "/run/ports")).Plane;

            Assert.All(plane.Networks, n => Assert.Equal(n, Records.Read(Records.Of(n))));
            Assert.All(plane.Ports, p => Assert.Equal(p, Records.Read(Records.Of(p, 1), p.Network, p.Namespace)));
            Assert.All(plane.Forwards, f => Assert.Equal(f, Records.Read(Records.Of(f, 1), f.Network)));
        }
    }
}
