using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Weft.Linux;
using Weft.Model;

namespace Weft.Tests.Daemon;

/// <summary>A client of the API that says what it is told to say, and reads or does not.</summary>
internal sealed class RawClient : IDisposable
{
    private Socket _socket;

    private RawClient(Socket socket)
    {
        _socket = socket;
    }

    /// <summary>The server's end is closed.</summary>
    public bool IsEnded
    {
        get
        {
            PollEntry entry = new() { Descriptor = (int)_socket.Handle, Wanted = PollEntry.PeerClosed };
            FileCalls.Poll(new Span<PollEntry>(ref entry), 0);
            return (entry.Seen & (PollEntry.HangUp | PollEntry.PeerClosed)) != 0;
        }
    }

    public static RawClient Open(HomeFolder home)
    {
        RawClient client = new(NewSocket());
        client._socket.Connect(new UnixDomainSocketEndPoint(home.ApiSocket));
        return client;
    }

    /// <summary>The same without a thread that waits: a full queue of the kernel is tried again.</summary>
    public static async Task<RawClient> OpenAsync(HomeFolder home)
    {
        RawClient client = new(NewSocket());
        while (true)
        {
            try
            {
                await client._socket.ConnectAsync(new UnixDomainSocketEndPoint(home.ApiSocket));
                return client;
            }
            catch (SocketException full) when (full.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
            {
                client._socket.Dispose();
                client._socket = NewSocket();
                await Task.Delay(10);
            }
        }
    }

    public RawClient Ask(string method, string path, string? body = null, int? length = null)
    {
        _socket.Send(Request(method, path, body, length));
        return this;
    }

    /// <summary>Status, head and body of a whole answer.</summary>
    public async Task<(int Status, string Head, string Body)> AskAsync(string method, string path, string? body = null)
    {
        await _socket.SendAsync(Request(method, path, body, null));
        return await ReadAsync();
    }

    public async Task<(int Status, string Head, string Body)> ReadAsync()
    {
        using MemoryStream all = new();
        byte[] some = new byte[4096];
        int read;
        while ((read = await _socket.ReceiveAsync(some)) > 0)
        {
            all.Write(some, 0, read);
        }
        string[] parts = Encoding.UTF8.GetString(all.ToArray()).Split("\r\n\r\n", 2);
        return parts.Length == 2 ? (int.Parse(parts[0].Split(' ')[1], CultureInfo.InvariantCulture), parts[0], parts[1]) : (0, "", parts[0]);
    }

    /// <summary>What has come and nobody has read.</summary>
    public int Unread => _socket.Available;

    public void Dispose() => _socket.Dispose();

    private static byte[] Request(string method, string path, string? body, int? length) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"{method} {path} HTTP/1.1\r\nHost: weft\r\nConnection: close\r\nContent-Length: {length ?? body?.Length ?? 0}\r\n\r\n{body}"));

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
