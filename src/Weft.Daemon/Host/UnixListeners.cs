using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Daemon.Host;

/// <summary>Unix sockets that somebody listens at.</summary>
internal static class UnixListeners
{
    /// <summary>"pid 812, nginx,", or null when it cannot be told. He sees a connection that ends at once.</summary>
    public static string? OwnerOf(string path)
    {
        foreach (int type in (int[])[SocketConstants.TypeStream, SocketConstants.TypeSeqpacket])
        {
            if (UnixSockets.ListenerOf(path, type | SocketConstants.NonBlocking, out UnixPeer owner) == 0 && owner.Process > 0)
            {
                return NameOf(owner.Process) is { } name ? $"pid {owner.Process}, {name}," : null;
            }
        }
        return null;
    }

    /// <summary>From /proc/net/unix (proc(5)), which does not disturb who listens: true while a process has a socket that listens at <paramref name="path"/>.</summary>
    public static bool Exists(string path)
    {
        const string listening = "00010000";
        return File.ReadLines("/proc/net/unix").Any(line =>
            line.EndsWith(" " + path, StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 4 } fields && fields[3] == listening);
    }

    private static string? NameOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (IOException)
        {
            return null; // It has ended, and somebody else listens on with what it left.
        }
    }
}
