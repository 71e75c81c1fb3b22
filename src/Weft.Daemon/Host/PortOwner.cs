using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Weft.Model;

namespace Weft.Daemon.Host;

/// <summary>
/// Who listens on a port of the host: the socket's inode from /proc/net/tcp or udp (proc(5)), then the process that has it
/// open. Another user's processes do not show their descriptors, so the answer may be nobody.
/// </summary>
internal static class PortOwner
{
    private const string Listening = "0A";

    /// <summary>"pid 812, nginx", or null when it cannot be told.</summary>
    public static string? Find(Forward forward)
    {
        string[] inodes = [.. Sockets(forward.Protocol).Where(s => s.Port == forward.HostPort && Meets(s.Address, forward.Listen))
            .Select(s => s.Inode)];
        return inodes.Length == 0 ? null : Holder([.. inodes.Select(i => $"socket:[{i}]")]);
    }

    /// <summary>The next port above <paramref name="forward"/>'s that nobody listens on.</summary>
    public static ushort NextFree(Forward forward)
    {
        HashSet<ushort> used = [.. Sockets(forward.Protocol).Select(s => s.Port)];
        for (ushort port = (ushort)Math.Max(forward.HostPort + 1, 1024); port != 0; port++)
        {
            if (!used.Contains(port))
            {
                return port;
            }
        }
        return 8080;
    }

    /// <summary>True when nobody listens there that would keep <paramref name="forward"/> from it.</summary>
    public static bool IsFree(Forward forward) =>
        !Sockets(forward.Protocol).Any(s => s.Port == forward.HostPort && Meets(s.Address, forward.Listen));

    /// <summary>Somebody has a socket there that takes what comes to that address.</summary>
    public static bool Listens(ForwardProtocol protocol, IPAddress address, ushort port) =>
        Sockets(protocol).Any(s => s.Port == port && Meets(s.Address, address));

    private static bool Meets(IPAddress bound, IPAddress wanted) =>
        bound.Equals(wanted) || bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any) || wanted.Equals(IPAddress.Any);

    private static IEnumerable<(IPAddress Address, ushort Port, string Inode)> Sockets(ForwardProtocol protocol)
    {
        string word = protocol == ForwardProtocol.Tcp ? "tcp" : "udp";
        return Rows($"/proc/net/{word}", protocol).Concat(Rows($"/proc/net/{word}6", protocol));
    }

    private static IEnumerable<(IPAddress Address, ushort Port, string Inode)> Rows(string path, ForwardProtocol protocol)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (IOException)
        {
            yield break;
        }
        foreach (string line in lines.Skip(1))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && (protocol == ForwardProtocol.Udp || fields[3] == Listening)
                && fields[1].Split(':') is [var address, var port])
            {
                yield return (ReadAddress(address), ushort.Parse(port, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                    fields[9]);
            }
        }
    }

    /// <summary>Hex of 32-bit words in memory order.</summary>
    private static IPAddress ReadAddress(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int i = 0; i < bytes.Length; i += 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i)));
        }
        return new IPAddress(bytes);
    }

    private static string? Holder(HashSet<string> targets)
    {
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)))
        {
            try
            {
                if (Directory.EnumerateFiles($"{process}/fd")
                    .Any(fd => new FileInfo(fd).LinkTarget is { } target && targets.Contains(target)))
                {
                    return $"pid {Path.GetFileName(process)}, {File.ReadAllText($"{process}/comm").Trim()}";
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or it is not ours to look into.
            }
        }
        return null;
    }
}
