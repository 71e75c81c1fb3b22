using System.Diagnostics;

namespace Weft.Lab;

/// <summary>What this machine lacks for a scene, with the command that would help.</summary>
internal static class Lack
{
    private static readonly Lazy<string?> NoNamespace = new(() => Environment.IsPrivilegedProcess || Succeeds("unshare", "-Urn", "true")
        ? null : "an ordinary user may not make namespaces here; try: sudo sysctl kernel.unprivileged_userns_clone=1");

    private static readonly (Needs Need, Func<string?> Lack)[] Looks =
    [
        (Needs.Uml, () => Program("linux.uml", "user-mode-linux") ?? Program("busybox", "busybox")),
        (Needs.Tap, () => Program("ip", "iproute2") ?? Program("busybox", "busybox") ?? Tun() ?? NoNamespace.Value),
        (Needs.Dhclient, () => Program("dhclient", "isc-dhcp-client")),
        (Needs.Dns, () => Program("dig", "bind9-dnsutils") ?? Program("dnsmasq", "dnsmasq-base")),
        (Needs.Ethtool, () => Program("ethtool", "ethtool")),
        (Needs.Root, () => Environment.IsPrivilegedProcess ? null : "only root can do what this scene does"),
        (Needs.Qemu, () => Program("qemu-system-x86_64", "qemu-system-x86") ?? Qemu.QemuKernel.Lack()),
        (Needs.Firmware, () => Program("qemu-system-x86_64", "qemu-system-x86")),
        (Needs.Dpdk, () => Program("dpdk-testpmd", "dpdk-dev")),
        (Needs.Zsh, () => Program("zsh", "zsh")),
        (Needs.Fish, () => Program("fish", "fish")),
        (Needs.Libvirt, () => Program("virt-qemu-run", "libvirt-daemon-driver-qemu")),
    ];

    /// <summary>The first thing that is missing; null for nothing.</summary>
    public static string? Of(Needs needs) =>
        Looks.Where(n => needs.HasFlag(n.Need)).Select(n => n.Lack()).FirstOrDefault(lack => lack is not null);

    private static string? Program(string name, string package) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Any(folder => File.Exists(Path.Combine(folder, name)))
            ? null : $"{name} is missing; try: sudo apt-get install {package}";

    private static string? Tun()
    {
        try
        {
            using FileStream _ = File.Open("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "no TAP can be opened; try: sudo modprobe tun && sudo chmod 0666 /dev/net/tun";
        }
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
