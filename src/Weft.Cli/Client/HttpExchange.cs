using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Weft.Cli.Client;

/// <summary>
/// One request and its answer over a unix socket (HTTP/1.1, RFC 9112), on a connection of its own. HttpClient does the same
/// and costs a short command a third of its life in code that has to be compiled first.
/// </summary>
internal static class HttpExchange
{
    private const int Limit = 120_000;
    private const int FirstBytes = 16 << 10;
    private const string LengthHeader = "Content-Length:";
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    /// <exception cref="IOException">Nobody answers, or what comes back is no answer.</exception>
    /// <exception cref="SocketException">Nobody listens, or the connection broke.</exception>
    public static (int Status, string Text) Send(string socketPath, string method, string path, byte[]? body)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        (socket.ReceiveTimeout, socket.SendTimeout) = (Limit, Limit);
        socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        string type = body is null ? "" : "Content-Type: application/json\r\n";
        string head = $"{method} {path} HTTP/1.1\r\nHost: weft\r\nConnection: close\r\n{type}Content-Length: {body?.Length ?? 0}\r\n\r\n";
        SendAll(socket, Encoding.UTF8.GetBytes(head));
        SendAll(socket, body ?? []);
        return Parse(ReadAll(socket));
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private static ReadOnlySpan<byte> ReadAll(Socket socket)
    {
        ArrayBufferWriter<byte> answer = new(FirstBytes);
        int read;
        while ((read = socket.Receive(answer.GetSpan(FirstBytes))) > 0)
        {
            answer.Advance(read);
        }
        return answer.WrittenSpan;
    }

    /// <summary>The daemon names the length of every answer, so one that was cut off is known as such.</summary>
    private static (int Status, string Text) Parse(ReadOnlySpan<byte> answer)
    {
        int end = answer.IndexOf(HeadEnd);
        string[] lines = end < 0 ? [] : Encoding.UTF8.GetString(answer[..end]).Split("\r\n");
        ReadOnlySpan<byte> body = end < 0 ? [] : answer[(end + HeadEnd.Length)..];
        string? length = Array.Find(lines, line => line.StartsWith(LengthHeader, StringComparison.OrdinalIgnoreCase))?[LengthHeader.Length..];
        if (lines.Length == 0 || lines[0].Split(' ') is not ["HTTP/1.1", var code, ..]
            || !int.TryParse(code, CultureInfo.InvariantCulture, out int status)
            || (length?.Trim() ?? "0") != body.Length.ToString(CultureInfo.InvariantCulture))
        {
            throw new IOException(answer.Length == 0 ? "it ended before it answered" : "its answer was cut off");
        }
        return (status, Encoding.UTF8.GetString(body));
    }
}
