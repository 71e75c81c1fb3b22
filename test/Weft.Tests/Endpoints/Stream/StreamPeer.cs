using System.Net;
using System.Net.Sockets;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Wire;

namespace Weft.Tests.Endpoints.Stream;

/// <summary>Where a test listens for streams, and how a hypervisor gets there.</summary>
internal static class StreamPeer
{
    /// <summary>The path, or a free port of the loopback.</summary>
    public static SocketPlace PlaceOf(bool isTcp, string path)
    {
        if (!isTcp)
        {
            return new SocketPlace(path, default);
        }
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new SocketPlace(null, new HostEnd(IpAddress.FromV4(0x7f000001), (ushort)((IPEndPoint)socket.LocalEndPoint!).Port));
    }

    public static int Listen(in SocketPlace place, HostSockets sockets)
    {
        int listener = place.Path is { } path ? UnixSockets.Listen(path, SocketConstants.TypeStream) : sockets.Listen(place.End, udp: false);
        Assert.True(listener >= 0, $"listen: {listener}");
        return listener;
    }

    /// <summary>A connection, or one that is about to be; it does not block.</summary>
    public static int Connect(in SocketPlace place, HostSockets sockets)
    {
        if (place.Path is { } path)
        {
            return UnixSockets.Connect(path, SocketConstants.TypeStream | SocketConstants.NonBlocking);
        }
        int socket = sockets.OpenTcp(default);
        Assert.Contains(sockets.Connect(socket, place.End), (int[])[0, -Errno.EINPROGRESS]);
        return socket;
    }
}
