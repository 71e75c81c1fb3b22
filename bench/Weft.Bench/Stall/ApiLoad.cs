using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Weft.Bench.Stall;

/// <summary>
/// Callers of weftd, each with one call under way at any time: two that ask for the status, one that adds and removes a
/// forward, one that pulls and plugs a cable, one that sends the whole topology, with and without its last networks.
/// </summary>
internal sealed class ApiLoad : IDisposable
{
    private const int Networks = 1000, Changed = 10;
    private const string Forward = "127.0.0.1:18099", Nic = "/v1/vms/web/nics/1";

    private readonly HttpClient _http;
    private readonly (string Name, Func<long, Task> Call)[] _callers;
    private readonly List<(string Name, Task<long> Done)> _running = [];
    private CancellationTokenSource _end = new();
    private long _started;

    /// <param name="topology">The file with so many networks beside the guests' own.</param>
    public ApiLoad(string home, Func<int, string> topology)
    {
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, end) => ConnectAsync(home, end), UseProxy = false })
        {
            BaseAddress = new Uri("http://weft"),
        };
        string[] files = [topology(Networks - Changed), topology(Networks)];
        _callers =
        [
            ("status", _ => AskAsync(HttpMethod.Get, "/v1/status")),
            ("status, too", _ => AskAsync(HttpMethod.Get, "/v1/status")),
            ("forward", number => number % 2 == 0
                ? AskAsync(HttpMethod.Post, "/v1/forwards", new { forward = $"{Forward}:web:80/tcp" })
                : AskAsync(HttpMethod.Delete, $"/v1/forwards?forward={Forward}/tcp")),
            ("cable", number => AskAsync(HttpMethod.Post, $"{Nic}/{(number % 2 == 0 ? "unplug" : "plug")}")),
            ("up", number => AskAsync(HttpMethod.Post, "/v1/up", new { text = files[number % 2], file = "bench.weft.yml" })),
        ];
    }

    public void Begin()
    {
        _end = new CancellationTokenSource();
        _started = Stopwatch.GetTimestamp();
        _running.AddRange(_callers.Select(caller => (caller.Name, Task.Run(() => RepeatAsync(caller.Call)))));
    }

    /// <summary>Lets the calls under way finish; how many of each there were in a second.</summary>
    public List<(string Name, double PerSecond)> End()
    {
        _end.Cancel();
        double seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        List<(string, double)> done = [.. _running.Select(caller => (caller.Name, caller.Done.GetAwaiter().GetResult() / seconds))];
        _running.Clear();
        return done;
    }

    public void Dispose()
    {
        _end.Cancel();
        _http.Dispose();
        _end.Dispose();
    }

    /// <summary>In pairs, so that what was done is undone.</summary>
    private async Task<long> RepeatAsync(Func<long, Task> call)
    {
        long number = 0;
        while (!_end.IsCancellationRequested || number % 2 != 0)
        {
            await call(number++);
        }
        return number;
    }

    private async Task AskAsync(HttpMethod method, string path, object? body = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using HttpResponseMessage reply = await _http.SendAsync(request);
        string text = await reply.Content.ReadAsStringAsync();
        if (!reply.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{method} {path}: {text}");
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string home, CancellationToken end)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(home, "run", "weftd.sock")), end);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
