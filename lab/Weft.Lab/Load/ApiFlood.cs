using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Weft.Lab.Load;

/// <summary>Requests to the API that are all sent at once, each on a connection of its own.</summary>
/// <param name="Done">Answered with 200.</param>
/// <param name="Refused">With 429, a word when to come again and three lines.</param>
/// <param name="Other">Heads of what else came.</param>
internal sealed record ApiFlood(int Done, int Refused, string[] Other)
{
    public static async Task<ApiFlood> RunAsync(string socket, int count, (string Method, string Path)[] mix)
    {
        string[] answers = await Task.WhenAll(Enumerable.Range(0, count).Select(i => AskAsync(socket, mix[i % mix.Length].Method, mix[i % mix.Length].Path)));
        int done = answers.Count(a => a.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal));
        int refused = answers.Count(IsRefusal);
        return new ApiFlood(done, refused, [.. answers.Where(a => !a.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) && !IsRefusal(a)).Select(a => a.Split('\n')[0]).Distinct()]);
    }

    private static bool IsRefusal(string answer) => answer.StartsWith("HTTP/1.1 429 ", StringComparison.Ordinal) && answer.Contains("Retry-After: 1", StringComparison.Ordinal) &&
        answer.Contains("\"try\":", StringComparison.Ordinal);

    private static async Task<string> AskAsync(string path, string method, string address)
    {
        using Socket socket = await ConnectAsync(path);
        await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{method} {address} HTTP/1.1\r\nHost: weft\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")));
        using MemoryStream answer = new();
        byte[] some = new byte[2048];
        int read;
        while ((read = await socket.ReceiveAsync(some)) > 0)
        {
            answer.Write(some, 0, read);
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>A connect that may not block is sent back while the kernel's queue is full.</summary>
    private static async Task<Socket> ConnectAsync(string path)
    {
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
                return socket;
            }
            catch (SocketException full) when (full.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
            {
                socket.Dispose();
                await Task.Delay(20);
            }
        }
    }
}
