using System.Net;
using System.Net.Sockets;

namespace Weft.Daemon.Names;

/// <summary>The same port twice: for datagrams and for connections. Owned by who opened it.</summary>
internal sealed class NameSockets : IDisposable
{
    private const int Waiting = 64;

    private NameSockets(IPEndPoint place)
    {
        Place = place;
        Datagrams = new Socket(place.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        Connections = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    }

    public IPEndPoint Place { get; }

    public Socket Datagrams { get; }

    public Socket Connections { get; }

    /// <exception cref="SocketException">One of the two cannot be had; then neither is.</exception>
    public static NameSockets Open(IPEndPoint place)
    {
        NameSockets sockets = new(place);
        try
        {
            sockets.Datagrams.Bind(place);
            sockets.Connections.Bind(place);
            sockets.Connections.Listen(Waiting);
            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Datagrams.Dispose();
        Connections.Dispose();
    }
}
