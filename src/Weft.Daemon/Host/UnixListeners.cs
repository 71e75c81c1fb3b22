namespace Weft.Daemon.Host;

/// <summary>Unix sockets that somebody holds open, from /proc/net/unix (proc(5)): asks without disturbing who listens.</summary>
internal static class UnixListeners
{
    /// <summary>True while a process has a socket that listens at <paramref name="path"/>.</summary>
    public static bool Exists(string path)
    {
        const string listening = "00010000";
        return File.ReadLines("/proc/net/unix").Any(line =>
            line.EndsWith(" " + path, StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 4 } fields && fields[3] == listening);
    }
}
