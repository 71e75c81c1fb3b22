using System.Net.Sockets;

namespace Weft.Lab.Guests;

/// <summary>The smallest switch: a SOCK_SEQPACKET listener that sends every frame to every other plug. Proves the lab itself.</summary>
internal sealed class FrameHub : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
    private readonly List<Socket> _plugs = [];

    public FrameHub(string path)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(8);
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_plugs)
        {
            _plugs.ForEach(p => p.Dispose());
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket plug = await _listener.AcceptAsync();
                lock (_plugs)
                {
                    _plugs.Add(plug);
                }

                _ = RelayAsync(plug);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task RelayAsync(Socket plug)
    {
        byte[] frame = new byte[65_600];
        try
        {
            for (int length; (length = await plug.ReceiveAsync(frame)) > 0;)
            {
                Socket[] others;
                lock (_plugs)
                {
                    others = [.. _plugs.Where(p => p != plug)];
                }

                foreach (Socket other in others)
                {
                    await other.SendAsync(frame.AsMemory(0, length));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A guest was killed, or the hub disposed.
        }
    }
}
