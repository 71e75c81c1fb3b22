using System.Text;
using Weft.Linux.Sockets;

namespace Weft.Linux.Unix;

/// <summary><c>struct sockaddr_un</c>: a path of at most 107 bytes.</summary>
internal static unsafe class UnixAddress
{
    public const int MaxSize = 110;

    private const int PathAt = 2;
    private const int PathRoom = 108;

    /// <summary>The length written; −ENAMETOOLONG when the path does not fit.</summary>
    public static int Write(byte* to, string path)
    {
        int bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes >= PathRoom || bytes == 0)
        {
            return bytes == 0 ? -Errno.EINVAL : -Errno.ENAMETOOLONG;
        }
        *(ushort*)to = SocketConstants.FamilyUnix;
        Encoding.UTF8.GetBytes(path, new Span<byte>(to + PathAt, PathRoom));
        to[PathAt + bytes] = 0;
        return PathAt + bytes + 1;
    }

    /// <summary>The path in what the system wrote; null for a socket without one.</summary>
    public static string? Read(byte* from, int length) => length <= PathAt || from[PathAt] == 0 ? null
        : Encoding.UTF8.GetString(new ReadOnlySpan<byte>(from + PathAt, Math.Min(length, MaxSize) - PathAt).TrimEnd((byte)0));
}
