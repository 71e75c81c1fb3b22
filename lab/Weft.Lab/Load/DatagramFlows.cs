using System.Net;
using System.Net.Sockets;

namespace Weft.Lab.Load;

/// <summary>UDP flows by the product of guest ports and peers: from each socket one datagram to each port of an echo.</summary>
internal sealed class DatagramFlows(IPAddress address, int first, int ports) : IDisposable
{
    private const int Tries = 4;

    private readonly List<Socket> _sockets = [];

    /// <summary>How many flows answered.</summary>
    public async Task<int> OpenAsync(int sockets)
    {
        int echoed = 0;
        for (int i = 0; i < sockets; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
            socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            _sockets.Add(socket);
            echoed += await AskAllAsync(socket);
        }

        return echoed;
    }

    public void Dispose() => _sockets.ForEach(s => s.Dispose());

    /// <summary>Datagrams may be lost where buffers are small: those that no answer came to are asked again.</summary>
    private async Task<int> AskAllAsync(Socket socket)
    {
        HashSet<int> open = [.. Enumerable.Range(first, ports)];
        byte[] datagram = new byte[32];
        for (int attempt = 0; attempt < Tries && open.Count > 0; attempt++)
        {
            foreach (int port in open)
            {
                await socket.SendToAsync(datagram, new IPEndPoint(address, port));
            }

            using CancellationTokenSource late = new(TimeSpan.FromSeconds(1));
            try
            {
                while (open.Count > 0)
                {
                    SocketReceiveFromResult got = await socket.ReceiveFromAsync(datagram, new IPEndPoint(IPAddress.Any, 0), late.Token);
                    open.Remove(((IPEndPoint)got.RemoteEndPoint).Port);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Asked again.
            }
        }

        return ports - open.Count;
    }
}
