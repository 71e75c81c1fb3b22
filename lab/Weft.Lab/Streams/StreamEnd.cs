using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Weft.Cli.Demo;

namespace Weft.Lab.Streams;

/// <summary>Both ends of a checked TCP stream. Whoever receives checks every byte against its position and watches for standstill.</summary>
internal static class StreamEnd
{
    private const int PieceSize = 256 * 1024;

    /// <summary>Runs one stream against a <see cref="StreamServer"/>.</summary>
    public static Task<StreamReport> RunAsync(EndPoint server, StreamOrder order, CancellationToken cancel = default) =>
        RunAsync(server, order, new StallWatch(), cancel);

    /// <summary>The same, watched from outside: connecting and the last answer count as progress too.</summary>
    public static async Task<StreamReport> RunAsync(EndPoint server, StreamOrder order, StallWatch watch, CancellationToken cancel)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        Stopwatch time = Stopwatch.StartNew();
        await socket.ConnectAsync(server, cancel);
        watch.Progress();
        watch.Sender = order.Upload ? socket : null;
        await socket.SendAsync(order.ToBytes(), cancel);
        StreamReport report = order.Upload ? await UploadAsync(socket, order, watch, cancel) : await ReceiveAsync(socket, order, watch, cancel);
        return report with { Seconds = time.Elapsed.TotalSeconds };
    }

    /// <summary>The server's side of one connection.</summary>
    public static async Task<StreamReport> ServeAsync(Socket socket, CancellationToken cancel)
    {
        byte[] head = new byte[StreamOrder.Size];
        await ReadExactlyAsync(socket, head, cancel);
        StreamOrder order = StreamOrder.From(head);
        if (!order.Upload)
        {
            await SendAsync(socket, order, new StallWatch(), cancel);
            return new StreamReport(order.Bytes, true, 0, 0);
        }

        StreamReport report = await ReceiveAsync(socket, order, new StallWatch(), cancel);
        byte[] answer = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(answer, report.Right ? report.Bytes : -1);
        await socket.SendAsync(answer, cancel);
        return report;
    }

    private static async Task<StreamReport> UploadAsync(Socket socket, StreamOrder order, StallWatch watch, CancellationToken cancel)
    {
        await SendAsync(socket, order, watch, cancel);
        socket.Shutdown(SocketShutdown.Send);
        byte[] answer = new byte[8];
        await ReadExactlyAsync(socket, answer, cancel);
        watch.Progress();
        long right = BinaryPrimitives.ReadInt64LittleEndian(answer);
        return new StreamReport(right, right == order.Bytes, 0, watch.Longest.TotalMilliseconds);
    }

    private static async Task SendAsync(Socket socket, StreamOrder order, StallWatch watch, CancellationToken cancel)
    {
        PatternStream pattern = new(order.Seed);
        byte[] piece = new byte[PieceSize];
        while (pattern.Position < order.Bytes)
        {
            int count = (int)Math.Min(piece.Length, order.Bytes - pattern.Position);
            pattern.Fill(piece.AsSpan(0, count));
            for (int sent = 0; sent < count;)
            {
                sent += await socket.SendAsync(piece.AsMemory(sent, count - sent), cancel);
                watch.Progress();
            }
        }
    }

    private static async Task<StreamReport> ReceiveAsync(Socket socket, StreamOrder order, StallWatch watch, CancellationToken cancel)
    {
        PatternStream pattern = new(order.Seed);
        byte[] piece = new byte[PieceSize];
        bool right = true;
        while (pattern.Position < order.Bytes)
        {
            int count = await socket.ReceiveAsync(piece.AsMemory(0, (int)Math.Min(piece.Length, order.Bytes - pattern.Position)), cancel);
            watch.Progress();
            if (count == 0)
            {
                break;
            }

            right &= pattern.Check(piece.AsSpan(0, count));
        }

        // Not one byte more than was asked for.
        right &= pattern.Position == order.Bytes && (!order.Upload || await socket.ReceiveAsync(piece, cancel) == 0);
        return new StreamReport(pattern.Position, right, 0, watch.Longest.TotalMilliseconds);
    }

    private static async Task ReadExactlyAsync(Socket socket, Memory<byte> into, CancellationToken cancel)
    {
        while (into.Length > 0)
        {
            int count = await socket.ReceiveAsync(into, cancel);
            if (count == 0)
            {
                throw new IOException("the other end closed too early");
            }

            into = into[count..];
        }
    }
}
