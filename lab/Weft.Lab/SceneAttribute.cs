using System.Diagnostics;

namespace Weft.Lab;

/// <summary>A scene that is skipped, with the command that would help, where the machine lacks what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SceneAttribute : FactAttribute
{
    private static readonly Lazy<string?> NoNamespace = new(() => Environment.IsPrivilegedProcess || Succeeds("unshare", "-Urn", "true")
        ? null : "an ordinary user may not make namespaces here; try: sudo sysctl kernel.unprivileged_userns_clone=1");

    public SceneAttribute(Needs needs = Needs.Nothing)
    {
        Skip = new (Needs Need, Func<string?> Lack)[]
        {
            (Needs.Uml, () => Program("linux.uml", "user-mode-linux") ?? Program("busybox", "busybox")),
            (Needs.Tap, () => Program("ip", "iproute2") ?? Program("busybox", "busybox") ?? Tun() ?? NoNamespace.Value),
            (Needs.Dhclient, () => Program("dhclient", "isc-dhcp-client")),
            (Needs.Dns, () => Program("dig", "bind9-dnsutils") ?? Program("dnsmasq", "dnsmasq-base")),
            (Needs.Ethtool, () => Program("ethtool", "ethtool")),
            (Needs.Root, () => Environment.IsPrivilegedProcess ? null : "only root can do what this scene does"),
        }.Where(n => needs.HasFlag(n.Need)).Select(n => n.Lack()).FirstOrDefault(lack => lack is not null);
    }

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
