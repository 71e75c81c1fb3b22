using System.Net;
using System.Net.Sockets;

namespace Weft.Lab.Load;

/// <summary>Echoes TCP and UDP on a range of ports: many peers in one process.</summary>
internal sealed class EchoPorts : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public EchoPorts(IPAddress address, int first, int ports)
    {
        for (int port = first; port < first + ports; port++)
        {
            Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(512);
            Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
            datagrams.Bind(new IPEndPoint(address, port));
            _sockets.AddRange([listener, datagrams]);
            _ = AcceptAsync(listener);
            _ = EchoDatagramsAsync(datagrams);
        }
    }

    public void Dispose() => _sockets.ForEach(s => s.Dispose());

    private static async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                _ = EchoAsync(await listener.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        byte[] bytes = new byte[64];
        using (socket)
        {
            try
            {
                for (int count; (count = await socket.ReceiveAsync(bytes)) > 0;)
                {
                    await socket.SendAsync(bytes.AsMemory(0, count));
                }
            }
            catch (SocketException)
            {
                // The client ended with a reset.
            }
        }
    }

    private static async Task EchoDatagramsAsync(Socket socket)
    {
        byte[] datagram = new byte[2048];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(datagram, new IPEndPoint(IPAddress.Any, 0));
                await socket.SendToAsync(datagram.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
