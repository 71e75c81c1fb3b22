using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Client;

/// <summary>The daemon's API over its unix socket. Refusals come out as <see cref="CommandException"/>.</summary>
internal sealed class ApiClient(HomeFolder home) : IDisposable
{
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

    public string GetText(string path) => Send("GET", path, null);

    public T Get<T>(string path, JsonTypeInfo<T> type) => Parse(Send("GET", path, null), type);

    public T Delete<T>(string path, JsonTypeInfo<T> type) => Parse(Send("DELETE", path, null), type);

    public T Post<T>(string path, JsonTypeInfo<T> type) => Parse(Send("POST", path, null), type);

    public TReply Post<TBody, TReply>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TReply> type) =>
        Parse(Send("POST", path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType)), type);

    /// <summary>Sends a change of an object: <paramref name="json"/> is what a topology file says of it.</summary>
    public ChangeReply Change(string method, string path, string? json = null) =>
        Parse(Send(method, path, json is null ? null : Encoding.UTF8.GetBytes(json)), ApiJson.Default.ChangeReply);

    public void Dispose()
    {
        // Every request has a connection of its own.
    }

    private string Send(string method, string path, byte[]? body)
    {
        try
        {
            (int status, string text) = HttpExchange.Send(home.ApiSocket, method, path, body);
            return status is >= 200 and < 300 ? text : throw Refusal(status, text);
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            throw new CommandException(new WeftError(ErrorCode.DaemonSilent, $"weftd on {home.Path} does not answer",
                problem.Message, $"tail {ShellWord.Of(home.Log)} && weft status"), ExitCode.Failed);
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
