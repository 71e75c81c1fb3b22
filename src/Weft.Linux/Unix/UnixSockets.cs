using Weft.Linux.Processes;
using Weft.Linux.Sockets;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Unix;

/// <summary>Unix sockets by path: listen, connect, accept, and who is at the other end. Results below zero are negated errno values.</summary>
public static unsafe class UnixSockets
{
    /// <summary>Longest path in bytes that a unix socket may have.</summary>
    public const int MaxPath = 107;

    private const uint OwnerOnly = 0x180; // 0600
    private const int SocketKind = 0xC000; // S_IFSOCK

    /// <summary>A non-blocking listener at <paramref name="path"/>, mode 0600. What an earlier process left there is unlinked
    /// when it is a socket; anything else is −EADDRINUSE. The caller knows (by a lock) that nobody living listens there.</summary>
    public static int Listen(string path, int type, int backlog = 16)
    {
        int socket = Bind(path, type);
        int result = socket < 0 ? socket : SocketCalls.Listen(socket, backlog);
        return socket >= 0 && result < 0 ? CloseAfter(socket, result) : socket;
    }

    /// <summary>The same without listening: for datagrams.</summary>
    public static int Bind(string path, int type)
    {
        byte* address = stackalloc byte[UnixAddress.MaxSize];
        int length = UnixAddress.Write(address, path);
        if (length < 0)
        {
            return length;
        }
        int cleared = ClearStale(path);
        if (cleared < 0)
        {
            return cleared;
        }
        int socket = SocketCalls.Open(FamilyUnix, type | NonBlocking, 0);
        if (socket < 0)
        {
            return socket;
        }
        // bind(2) gives the file the mode of the socket, less the umask: no moment with a wider one.
        int result = FileCalls.SetMode(socket, OwnerOnly);
        result = result < 0 ? result : SocketCalls.Bind(socket, address, length);
        return result < 0 ? CloseAfter(socket, result) : socket;
    }

    /// <summary>A connected socket; blocking unless <paramref name="type"/> has NonBlocking.</summary>
    public static int Connect(string path, int type)
    {
        byte* address = stackalloc byte[UnixAddress.MaxSize];
        int length = UnixAddress.Write(address, path);
        if (length < 0)
        {
            return length;
        }
        int socket = SocketCalls.Open(FamilyUnix, type, 0);
        if (socket < 0)
        {
            return socket;
        }
        int result = SocketCalls.Connect(socket, address, length);
        return result < 0 ? CloseAfter(socket, result) : socket;
    }

    /// <summary>SO_PEERCRED: who connected (or made the pair), as it was then.</summary>
    public static int PeerOf(int socket, out UnixPeer peer)
    {
        peer = default;
        fixed (UnixPeer* at = &peer)
        {
            int result = SocketCalls.GetOption(socket, LevelSocket, PeerCredentials, at, sizeof(UnixPeer));
            return result < 0 ? result : 0;
        }
    }

    /// <summary>Who listens at <paramref name="path"/>: the peer of a connection is whoever called listen(2).</summary>
    public static int ListenerOf(string path, int type, out UnixPeer listener)
    {
        listener = default;
        int socket = Connect(path, type);
        return socket < 0 ? socket : CloseAfter(socket, PeerOf(socket, out listener));
    }

    /// <summary>True when the other end belongs to this process's user or to root.</summary>
    public static bool IsOwnerOrRoot(int socket) =>
        PeerOf(socket, out UnixPeer peer) == 0 && (peer.User == 0 || peer.User == ProcessCalls.EffectiveUser);

    /// <summary>True when somebody listens at <paramref name="path"/> now, by whatever type of socket. He sees a connection that
    /// ends at once; one whose queue is full is not waited for.</summary>
    public static bool IsListenedAt(string path, int type) =>
        ListenerOf(path, type | NonBlocking, out _) is >= 0 or -Errno.EAGAIN or -Errno.EPROTOTYPE;

    private static int ClearStale(string path)
    {
        FileInfo info = new(path);
        if (!info.Exists && info.LinkTarget is null)
        {
            return 0;
        }
        return IsSocket(path) ? FileCalls.Remove(path) : -Errno.EADDRINUSE;
    }

    private static bool IsSocket(string path)
    {
        // .NET shows neither sockets nor pipes: open(2) of a socket answers ENXIO, and of nothing else that has a name here.
        const int noDevice = 6;
        int file = FileCalls.Open(path, FileCalls.ReadOnly | FileCalls.NonBlocking);
        if (file >= 0)
        {
            FileCalls.Close(file);
        }
        return file == -noDevice;
    }

    private static int CloseAfter(int socket, int error)
    {
        FileCalls.Close(socket);
        return error;
    }
}
