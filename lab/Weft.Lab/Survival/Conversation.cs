using System.Net;
using System.Net.Sockets;
using Weft.Cli.Demo;

namespace Weft.Lab.Survival;

/// <summary>One scripted TCP conversation: connect, 64 KiB up, 64 KiB down, a half close somewhere, close. Both ends check every byte.</summary>
/// <remarks>The first byte says who parts first: the dialler right after its upload, while the answer is still to come, or the answerer.</remarks>
internal static class Conversation
{
    private const int Bytes = 64 * 1024;
    private const ulong UpSeed = 11;
    private const ulong DownSeed = 12;

    public static async Task DialAsync(EndPoint to, bool diallerParts, CancellationToken cancel)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(to, cancel);
        await socket.SendAsync((byte[])[diallerParts ? (byte)1 : (byte)0], cancel);
        await SendAsync(socket, UpSeed, cancel);
        if (diallerParts)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        await ReceiveAsync(socket, DownSeed, cancel);
        await EndAsync(socket, cancel);
    }

    public static async Task AnswerAsync(Socket socket, CancellationToken cancel)
    {
        byte[] head = new byte[1];
        if (await socket.ReceiveAsync(head, cancel) == 0)
        {
            throw new IOException("closed before the first byte");
        }

        await ReceiveAsync(socket, UpSeed, cancel);
        bool diallerParts = head[0] == 1;
        if (diallerParts)
        {
            await EndAsync(socket, cancel);
        }

        await SendAsync(socket, DownSeed, cancel);
        socket.Shutdown(SocketShutdown.Send);
        if (!diallerParts)
        {
            await EndAsync(socket, cancel);
        }
    }

    private static async Task SendAsync(Socket socket, ulong seed, CancellationToken cancel)
    {
        byte[] bytes = new byte[Bytes];
        new PatternStream(seed).Fill(bytes);
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), cancel);
        }
    }

    private static async Task ReceiveAsync(Socket socket, ulong seed, CancellationToken cancel)
    {
        PatternStream pattern = new(seed);
        byte[] bytes = new byte[Bytes];
        while (pattern.Position < Bytes)
        {
            int count = await socket.ReceiveAsync(bytes.AsMemory(0, (int)(Bytes - pattern.Position)), cancel);
            if (count == 0)
            {
                throw new IOException($"ended after {pattern.Position} bytes");
            }

            if (!pattern.Check(bytes.AsSpan(0, count)))
            {
                throw new IOException($"wrong before byte {pattern.Position}");
            }
        }
    }

    private static async Task EndAsync(Socket socket, CancellationToken cancel)
    {
        if (await socket.ReceiveAsync(new byte[1], cancel) != 0)
        {
            throw new IOException("bytes after the last");
        }
    }
}
