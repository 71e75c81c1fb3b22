using System.Globalization;
using Weft.Linux;
using Weft.Linux.Processes;
using Weft.Linux.Taps;
using Weft.Wire;

namespace Weft.Tests.Linux;

public sealed class TapDeviceTests
{
    private static readonly string Space = $"weft-tap-{Environment.ProcessId}";

    [Requires("root", "tun", "ip")]
    public void ATapInANamedNamespaceLooksAsAsked()
    {
        Commands.Run("ip", "netns", "add", Space);
        try
        {
            TapRequest request = new("weft0")
            {
                Namespace = "/run/netns/" + Space,
                Mac = new MacAddress(0x525400000001),
                Mtu = 1400,
            };
            int tap = TapOpener.Open(request, out string problem);
            Assert.True(tap >= 0, problem);
            Assert.Equal("weft0", TapDevice.NameOf(tap));
            string shown = Commands.Run("ip", "-n", Space, "link", "show", "weft0");
            Assert.Contains("mtu 1400", shown);
            Assert.Contains("52:54:00:00:00:01", shown);
            Assert.Contains("LOWER_UP", shown);
            Assert.Equal(0, TapDevice.SetCarrier(tap, false));
            Assert.Contains("NO-CARRIER", Commands.Run("ip", "-n", Space, "link", "show", "weft0"));
            Assert.Equal(0, TapDevice.SetCarrier(tap, true));
            Assert.Equal(-Errno.EBUSY, TapOpener.Open(request, out problem));
            Assert.Equal("open TAP weft0", problem);
            FileCalls.Close(tap);
            Assert.Equal("", TapDevice.NameOf(tap));
        }
        finally
        {
            Commands.Run("ip", "netns", "del", Space);
        }
    }

    [Requires("root", "tun", "ip")]
    public void OurOwnNamespaceStaysOurs()
    {
        string before = new FileInfo("/proc/thread-self/ns/net").LinkTarget!;
        ATapInANamedNamespaceLooksAsAsked();
        Assert.Equal(before, new FileInfo("/proc/thread-self/ns/net").LinkTarget);
        Assert.Equal(-Errno.ENOENT, TapOpener.Open(new TapRequest("weft0") { Namespace = "/run/netns/none" }, out string problem));
        Assert.Equal("open /run/netns/none", problem);
        Assert.Equal(-Errno.EINVAL, TapDevice.Open("a-name-that-is-too-long"));
    }

    /// <summary>As an ordinary user: the namespace belongs to a user namespace, and the child enters it.</summary>
    [Requires("tun", "unshare", "nsenter")]
    public void AChildOpensInAUserNamespace()
    {
        SpawnRequest holder = new("/usr/bin/unshare", ["unshare", "-Urn", "sleep", "60"], SpawnRequest.EnvironmentWith());
        Assert.Equal(0, ProcessSpawn.Start(holder, out int pid, out int pidfd));
        try
        {
            string own = new FileInfo("/proc/self/ns/net").LinkTarget!;
            Eventually.True(() => new FileInfo(TapRequest.NamespaceOf(pid)).LinkTarget is { } link && link != own);
            TapRequest request = new("weft0") { Namespace = TapRequest.NamespaceOf(pid), Mac = new MacAddress(0x525400000002) };
            int tap = TapOpener.OpenByChild(request, out string problem);
            Assert.True(tap >= 0, problem + ": " + Errno.Text(tap));
            Assert.Equal("weft0", TapDevice.NameOf(tap));
            string shown = Commands.Run(
                "nsenter", "-U", "-n", "--preserve-credentials", "-t", pid.ToString(CultureInfo.InvariantCulture), "ip", "link", "show", "weft0");
            Assert.Contains("52:54:00:00:00:02", shown);
            Assert.Equal(-Errno.EBUSY, TapOpener.OpenByChild(request, out _));
            FileCalls.Close(tap);
        }
        finally
        {
            ProcessCalls.Signal(pidfd, ProcessCalls.SignalKill);
            Eventually.True(() => ProcessCalls.Reap(pidfd, out _) == 0);
            FileCalls.Close(pidfd);
        }
    }
}
