using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weft.Lab.Qemu;

/// <summary>QEMU's monitor (QMP): one command in a line, one answer in a line, events in between.</summary>
internal sealed class QemuMonitor : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    private QemuMonitor(string path)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        _stream = new NetworkStream(_socket);
        _reader = new StreamReader(_stream);
    }

    public static async Task<QemuMonitor> OpenAsync(string path)
    {
        await Eventually.Async(() => File.Exists(path), path);
        QemuMonitor monitor = new(path);
        await monitor.RunAsync("qmp_capabilities");
        return monitor;
    }

    /// <summary>What the command returned; an error of QEMU's fails the scene.</summary>
    public async Task<JsonNode> RunAsync(string command, object? arguments = null)
    {
        await _stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { execute = command, arguments = arguments ?? new { } }));
        while (true)
        {
            string line = await _reader.ReadLineAsync() ?? throw new IOException($"QEMU ended at '{command}'");
            JsonNode answer = JsonNode.Parse(line)!;
            Assert.True(answer["error"] is null, $"{command}: {line}");
            if (answer["return"] is { } result)
            {
                return result;
            }
        }
    }

    /// <summary>Asks until the status is the one that is wanted.</summary>
    public async Task UntilAsync(string query, string wanted, TimeSpan limit)
    {
        string? status;
        for (Stopwatch wait = Stopwatch.StartNew(); (status = (string?)(await RunAsync(query))["status"]) != wanted; await Task.Delay(50))
        {
            Assert.True(status is not ("failed" or "cancelled") && wait.Elapsed < limit, $"{query} says {status}, not {wanted}");
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _socket.Dispose();
    }
}
