namespace Weft.Tests.Linux;

/// <summary>A fact that needs something of the machine; skipped with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresAttribute : FactAttribute
{
    public RequiresAttribute(params string[] needs)
    {
        Skip = needs.Select(Missing).FirstOrDefault(reason => reason is not null)!;
    }

    /// <summary>The reason why <paramref name="need"/> is not met here; null when it is.</summary>
    public static string? Missing(string need) => need switch
    {
        "root" => Environment.IsPrivilegedProcess ? null : "needs root",
        "tun" => File.Exists("/dev/net/tun") ? null : "needs /dev/net/tun",
        "ping" => CanPing() ? null : "net.ipv4.ping_group_range does not allow ping sockets",
        _ => OnPath(need) ? null : $"needs the program {need}",
    };

    private static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin")
        .Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static bool CanPing()
    {
        using Weft.Linux.Sockets.HostSockets sockets = new();
        int socket = sockets.OpenPing(v6: false, 0);
        if (socket >= 0)
        {
            sockets.Close(socket);
        }
        return socket >= 0;
    }
}
