using System.Net.Sockets;
using System.Text;
using Weft.Cli.Client;

namespace Weft.Tests.Cli;

/// <summary>What the command line makes of answers, whole ones and others.</summary>
public sealed class HttpExchangeTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("weft-http-").FullName, "s");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public async Task A_request_has_its_body_and_its_length_and_an_answer_its_status()
    {
        Task<string> asked = Answer("HTTP/1.1 409 Conflict\r\nContent-Length: 3\r\nConnection: close\r\n\r\né!");

        Assert.Equal((409, "é!"), HttpExchange.Send(_path, "PUT", "/v1/x", "{\"a\":1}"u8.ToArray()));

        string request = await asked;
        Assert.StartsWith("PUT /v1/x HTTP/1.1\r\nHost: weft\r\n", request);
        Assert.Contains("\r\nContent-Length: 7\r\n", request);
        Assert.EndsWith("\r\n\r\n{\"a\":1}", request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nabc")]
    [InlineData("HTTP/1.1 abc\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    public async Task An_answer_that_is_cut_off_or_none_at_all_is_known_as_such(string answer)
    {
        Task<string> asked = Answer(answer);

        Assert.Throws<IOException>(() => HttpExchange.Send(_path, "GET", "/", null));

        await asked;
    }

    [Fact]
    public void Nobody_there_is_a_problem_of_the_socket() => Assert.Throws<SocketException>(() => HttpExchange.Send(_path, "GET", "/", null));

    /// <summary>Takes one request and sends <paramref name="answer"/>.</summary>
    private Task<string> Answer(string answer)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen();
        return Task.Run(() =>
        {
            using (listener)
            using (Socket socket = listener.Accept())
            {
                StringBuilder request = new();
                byte[] buffer = new byte[4096];
                while (!request.ToString().Contains("\r\n\r\n") || (request.ToString().StartsWith("PUT", StringComparison.Ordinal) && !request.ToString().EndsWith('}')))
                {
                    request.Append(Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
                }
                socket.Send(Encoding.UTF8.GetBytes(answer));
                return request.ToString();
            }
        });
    }
}
