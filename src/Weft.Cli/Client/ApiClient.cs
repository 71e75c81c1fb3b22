using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Client;

/// <summary>The daemon's API over its unix socket. Refusals come out as <see cref="CommandException"/>.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HomeFolder _home;
    private readonly HttpClient _http;

    public ApiClient(HomeFolder home)
    {
        _home = home;
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancel) => new NetworkStream(await ConnectAsync(home, cancel), ownsSocket: true),
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://weft"), Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>True when a daemon listens.</summary>
    public static bool Answers(HomeFolder home)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        return TryConnect(socket, home.ApiSocket);
    }

    /// <summary>True when a worker, or the keeper that is bringing one back, holds its command socket.</summary>
    public static bool WorkerAnswers(HomeFolder home)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        return TryConnect(socket, home.WorkerSocket);
    }

    public string GetText(string path) => Send(HttpMethod.Get, path, null);

    public T Get<T>(string path, JsonTypeInfo<T> type) => Parse(Send(HttpMethod.Get, path, null), type);

    public T Delete<T>(string path, JsonTypeInfo<T> type) => Parse(Send(HttpMethod.Delete, path, null), type);

    public T Post<T>(string path, JsonTypeInfo<T> type) => Parse(Send(HttpMethod.Post, path, null), type);

    public TReply Post<TBody, TReply>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TReply> type)
    {
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(body, bodyType));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Parse(Send(HttpMethod.Post, path, content), type);
    }

    public void Dispose() => _http.Dispose();

    private string Send(HttpMethod method, string path, HttpContent? content)
    {
        try
        {
            using HttpRequestMessage request = new(method, path) { Content = content };
            using HttpResponseMessage response = _http.Send(request);
            using StreamReader reader = new(response.Content.ReadAsStream());
            string text = reader.ReadToEnd();
            return response.IsSuccessStatusCode ? text : throw Refusal((int)response.StatusCode, text);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException)
        {
            throw new CommandException(new WeftError(ErrorCode.DaemonSilent, $"weftd on {_home.Path} does not answer",
                (problem.InnerException ?? problem).Message, $"tail {_home.Log} && weft status"), ExitCode.Failed);
        }
    }

    private static CommandException Refusal(int status, string text)
    {
        try
        {
            return new CommandException(JsonSerializer.Deserialize(text, ApiJson.Default.WeftError)!, ExitCode.OfHttp(status));
        }
        catch (JsonException)
        {
            return new CommandException(new WeftError(ErrorCode.DaemonSilent, $"weftd answered with status {status}",
                "it is of another version than this weft, perhaps", "weft version"), ExitCode.OfHttp(status));
        }
    }

    private static T Parse<T>(string text, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(text, type)!;

    private static async Task<Socket> ConnectAsync(HomeFolder home, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(home.ApiSocket), cancel);
        return socket;
    }

    private static bool TryConnect(Socket socket, string path)
    {
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException problem) when (problem.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new CommandException(new WeftError(ErrorCode.NotPermitted, $"{path} belongs to another user",
                "only its own user and root may talk to a Weft", "WEFT_HOME=$HOME/.local/state/weft weft status"), ExitCode.Permission);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
