using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weft.Cli.Demo;

/// <summary>The server on the host that guests fetch from: <c>/</c> is a page, <c>/pattern</c> a long checked download. Loopback only.</summary>
internal sealed class DemoWebServer : IAsyncDisposable
{
    public const string Page = "hello from the host\n";
    public const ulong Seed = 0x57454654;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly long _patternBytes;
    private long _patternSent;

    public DemoWebServer(long patternBytes)
    {
        _patternBytes = patternBytes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes of the pattern that the host's kernel has taken.</summary>
    public long PatternSent => Interlocked.Read(ref _patternSent);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using NetworkStream stream = new(client, ownsSocket: true);
            using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
            string request = await reader.ReadLineAsync(_end.Token) ?? "";
            while (!string.IsNullOrEmpty(await reader.ReadLineAsync(_end.Token)))
            {
            }

            await AnswerAsync(stream, request.Split(' ').ElementAtOrDefault(1) ?? "/");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The guest went away; its own check says so.
        }
    }

    private async Task AnswerAsync(NetworkStream stream, string path)
    {
        bool pattern = path == "/pattern";
        long length = pattern ? _patternBytes : Page.Length;
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n"), _end.Token);
        if (!pattern)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Page), _end.Token);
            return;
        }

        PatternStream source = new(Seed);
        byte[] piece = new byte[64 * 1024];
        while (source.Position < length)
        {
            int count = (int)Math.Min(piece.Length, length - source.Position);
            source.Fill(piece.AsSpan(0, count));
            await stream.WriteAsync(piece.AsMemory(0, count), _end.Token);
            Interlocked.Add(ref _patternSent, count);
        }
    }
}
