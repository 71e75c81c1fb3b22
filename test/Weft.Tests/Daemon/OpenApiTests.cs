using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Weft.Daemon;
using Weft.Daemon.Api;
using Weft.Daemon.Control;
using Weft.Model.Api;
using Weft.Model.Api.Description;

namespace Weft.Tests.Daemon;

/// <summary>The API's description says what is there, and is enough to use it.</summary>
public sealed class OpenApiTests : IDisposable
{
    private static readonly JsonNode Document = JsonNode.Parse(OpenApi.Text)!;

    private readonly TestDaemon _daemon = new();
    private readonly HttpClient _http;

    public OpenApiTests() => _http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_daemon.Home.ApiSocket), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = new Uri((string)Document["servers"]![0]!["url"]!) };

    public void Dispose()
    {
        _http.Dispose();
        _daemon.Dispose();
    }

    [Fact]
    public async Task Every_route_is_described_and_nothing_else()
    {
        DaemonParts parts = new(_daemon.Home, _daemon, _daemon.Keepers, _daemon, () => []) { Log = new DaemonLog(_daemon.Home.Log) };
        using Steward steward = new(parts);
        await using ApiServer server = new(parts, steward);

        Assert.Equal(server.Addresses.Select(a => $"{a.Method} {a.Path}").Order(StringComparer.Ordinal),
            Operations.All.Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal));
        Assert.Equal(Operations.All.Count, Operations.All.Select(o => o.Id).Distinct().Count());
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        Assert.All(References(Document), reference =>
        {
            JsonNode? at = Document;
            foreach (string part in reference.Split('/').Skip(1))
            {
                at = at?[part];
            }
            Assert.True(at is not null, reference);
        });
    }

    [Fact]
    public async Task Each_reply_has_the_keys_that_are_described()
    {
        _daemon.Up("networks: { lab: nat-network }\nvms: { alpha: [lab] }\nforwards: [8080:alpha:80]\n");
        foreach (Operation operation in Operations.All.Where(o => o is { Method: "GET", Reply: not null } && o.Id is not ("why" or "argsOfVm" or "getCapture")))
        {
            string path = operation.Path.Replace("{name}", "lab").Replace("{vm}", "alpha").Replace("{number}", "1") + (operation.Id == "resolve" ? "?name=host" : "");
            JsonObject reply = JsonNode.Parse(await _http.GetStringAsync(path))!.AsObject();

            HashSet<string> described = [.. Resolve(ReplySchema(operation.Id))["properties"]!.AsObject().Select(p => p.Key)];
            Assert.All(reply, key => Assert.True(described.Contains(key.Key), $"{operation.Id}: {key.Key}"));
        }
    }

    /// <summary>Nothing here but the document says where and how.</summary>
    [Fact]
    public async Task A_client_that_knows_the_document_alone_makes_watches_and_removes_a_network()
    {
        _daemon.Up("networks: {}");
        (HttpMethod method, string path, JsonNode watch) = Find("watch", []);
        using HttpResponseMessage events = await _http.SendAsync(new HttpRequestMessage(method, path), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(Assert.Single(watch["responses"]!["200"]!["content"]!.AsObject()).Key, events.Content.Headers.ContentType!.MediaType);
        using StreamReader lines = new(await events.Content.ReadAsStreamAsync());
        JsonNode mode = Resolve(Resolve(Find("createNetwork", ["x"]).Said["requestBody"]!["content"]!["application/json"]!["schema"]!)["anyOf"]![0]!);

        await CallAsync("createNetwork", ["lab"], mode["enum"]!.AsArray()[1]!.ToJsonString());
        await CallAsync("patchNetwork", ["lab"], """{ "mtu": 9000 }""");

        Assert.Contains("lab", await EventAsync(lines));
        Assert.Equal(["lab"], (await CallAsync("listNetworks", []))["items"]!.AsArray().Select(n => (string)n!["name"]!));
        Assert.Equal(9000, (int)(await CallAsync("getNetwork", ["lab"]))["spec"]!["mtu"]!);
        await CallAsync("deleteNetwork", ["lab"]);
        Assert.Empty((await CallAsync("listNetworks", []))["items"]!.AsArray());
        Assert.Contains("lab", await EventAsync(lines));
    }

    private async Task<JsonNode> CallAsync(string id, string[] values, string? body = null)
    {
        (HttpMethod method, string path, JsonNode said) = Find(id, values);
        Assert.Equal(body is not null, said["requestBody"] is not null);
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse(Assert.Single(said["requestBody"]!["content"]!.AsObject()).Key));
        }
        using HttpResponseMessage response = await _http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(said["responses"]!.AsObject().ContainsKey($"{(int)response.StatusCode}"), text);
        return JsonNode.Parse(text)!;
    }

    private static (HttpMethod Method, string Path, JsonNode Said) Find(string id, string[] values)
    {
        foreach ((string path, JsonNode? methods) in Document["paths"]!.AsObject())
        {
            foreach ((string method, JsonNode? said) in methods!.AsObject().Where(m => (string?)m.Value!["operationId"] == id))
            {
                string[] names = [.. (said!["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["in"] == "path").Select(p => (string)p!["name"]!)];
                return (HttpMethod.Parse(method), names.Zip(values).Aggregate(path, (at, p) => at.Replace($"{{{p.First}}}", p.Second)), said);
            }
        }
        throw new InvalidOperationException(id);
    }

    private static JsonNode ReplySchema(string id) => Find(id, []).Said["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;

    private static JsonNode Resolve(JsonNode schema) =>
        schema["$ref"] is { } reference ? Document["components"]!["schemas"]![((string)reference!).Split('/')[^1]]! : schema;

    private static async Task<string> EventAsync(StreamReader lines)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (true)
        {
            string line = await lines.ReadLineAsync(limit.Token) ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal) && line.Contains("\"change\""))
            {
                return line;
            }
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject mapping => mapping.SelectMany(p => p.Key == "$ref" ? [(string)p.Value!] : References(p.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
