using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Client;

/// <summary>Answers of the API that have no end of their own: read as they come.</summary>
internal sealed class StreamClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;

    private StreamClient(HttpClient http, HttpResponseMessage response)
    {
        _http = http;
        _response = response;
        Body = response.Content.ReadAsStream();
    }

    public Stream Body { get; }

    public static StreamClient Get(HomeFolder home, string path) => Open(home, new HttpRequestMessage(HttpMethod.Get, path));

    public static StreamClient Post<T>(HomeFolder home, string path, T body, JsonTypeInfo<T> type)
    {
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Open(home, new HttpRequestMessage(HttpMethod.Post, path) { Content = content });
    }

    public string? Header(string name) => _response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;

    public void Dispose()
    {
        _response.Dispose();
        _http.Dispose();
    }

    private static StreamClient Open(HomeFolder home, HttpRequestMessage request)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancel) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(home.ApiSocket), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
            UseProxy = false,
            ActivityHeadersPropagator = null,
        };
        HttpClient http = new(handler) { BaseAddress = new Uri("http://weft"), Timeout = TimeSpan.FromMinutes(2) };
        try
        {
            HttpResponseMessage response = http.Send(request, HttpCompletionOption.ResponseHeadersRead);
            if (response.IsSuccessStatusCode)
            {
                return new StreamClient(http, response);
            }
            using StreamReader reader = new(response.Content.ReadAsStream());
            WeftError error = JsonSerializer.Deserialize(reader.ReadToEnd(), ApiJson.Default.WeftError)!;
            throw new CommandException(error, ExitCode.OfHttp((int)response.StatusCode));
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            http.Dispose();
            throw Silent(home, problem);
        }
    }

    public static CommandException Silent(HomeFolder home, Exception problem) => new(new WeftError(ErrorCode.DaemonSilent,
        $"weftd on {home.Path} does not answer", (problem.InnerException ?? problem).Message, $"tail {ShellWord.Of(home.Log)} && weft status"), ExitCode.Failed);
}
