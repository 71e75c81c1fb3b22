using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Weft.Lab.Streams;

/// <summary>Serves checked streams in both directions, and echoes datagrams on the UDP port of the same number.</summary>
internal sealed class StreamServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<StreamReport> _served = new();
    private readonly Task _running;

    /// <summary>Port 0 takes a free one.</summary>
    public StreamServer(IPAddress address, int port = 0)
    {
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _datagrams.Bind(new IPEndPoint(address, Port));
        _running = Task.WhenAll(AcceptAsync(), EchoAsync());
    }

    public int Port { get; }

    /// <summary>Streams that came to their end.</summary>
    public IReadOnlyCollection<StreamReport> Served => _served;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _listener.Dispose();
        _datagrams.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync(_end.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                _served.Enqueue(await StreamEnd.ServeAsync(socket, _end.Token));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The client reports a broken stream.
            }
        }
    }

    private async Task EchoAsync()
    {
        byte[] datagram = new byte[65_536];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await _datagrams.ReceiveFromAsync(datagram, new IPEndPoint(IPAddress.Any, 0), _end.Token);
                await _datagrams.SendToAsync(datagram.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
