using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Weft.Lab.Survival;

/// <summary>The answering end of <see cref="Conversation"/>s, one after the other. Each leaves a line: "right", or what went wrong.</summary>
internal sealed class Answerer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    /// <summary>Port 0 takes a free one.</summary>
    public Answerer(IPAddress address, int port = 0)
    {
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(64);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _running = AcceptAsync();
    }

    public int Port { get; }

    public ChannelReader<string> Lines => _lines.Reader;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using Socket socket = await _listener.AcceptAsync(_end.Token);
                await Conversation.AnswerAsync(socket, _end.Token);
                _lines.Writer.TryWrite("right");
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                _lines.Writer.TryWrite(e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
