using Weft.Engine;
using Weft.Linux.Unix;
using static Weft.Linux.Sockets.SocketConstants;

namespace Weft.Linux.Sockets;

/// <summary>Datagram sockets at a place, unix or UDP. Results below zero are negated errno values.</summary>
public static unsafe class DatagramSockets
{
    /// <summary>Bytes of an address that <see cref="WriteEnd"/> writes, and that fit a received one.</summary>
    public const int EndSize = SocketAddress.MaxSize;

    /// <summary>A non-blocking socket bound there. A unix path of a dead one is taken over; a living one is −EADDRINUSE.</summary>
    public static int Bind(in SocketPlace place)
    {
        if (place.Path is { } path)
        {
            return UnixSockets.IsListenedAt(path, TypeDatagram) ? -Errno.EADDRINUSE : UnixSockets.Bind(path, TypeDatagram);
        }
        int socket = SocketCalls.Open(FamilyV4, TypeDatagram | NonBlocking, 0);
        if (socket < 0)
        {
            return socket;
        }
        byte* address = stackalloc byte[EndSize];
        int result = SocketCalls.Bind(socket, address, WriteEnd(address, place.End));
        if (result < 0)
        {
            FileCalls.Close(socket);
            return result;
        }
        return socket;
    }

    /// <summary>Writes an address as sendmsg(2) takes it; its length.</summary>
    public static int WriteEnd(byte* to, HostEnd end) => SocketAddress.Write(to, end);

    /// <summary>Reads an address as recvmsg(2) gives it.</summary>
    public static HostEnd ReadEnd(byte* from) => SocketAddress.Read(from);
}
