using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Weft.Cli.Demo;

namespace Weft.Lab.Survival;

/// <summary>A TCP stream of a kilobyte each millisecond, checked; its receiver notes every pause. Threads of their own: a pool adds waits.</summary>
internal static class PacedStream
{
    private const int Piece = 1024;
    private const ulong Seed = 5;
    private static readonly long Noted = Stopwatch.Frequency / 500; // 2 ms

    public static Socket Connect(EndPoint to)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(to);
        return socket;
    }

    public static void Send(Socket socket, CancellationToken end)
    {
        using (socket)
        {
            PatternStream pattern = new(Seed);
            byte[] piece = new byte[Piece];
            while (!end.IsCancellationRequested)
            {
                pattern.Fill(piece);
                for (int sent = 0; sent < piece.Length;)
                {
                    sent += socket.Send(piece.AsSpan(sent));
                }

                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Receives until the sender ends. Throws when a byte is wrong.</summary>
    public static List<Pause> Receive(Socket socket)
    {
        using (socket)
        {
            List<Pause> pauses = [];
            PatternStream pattern = new(Seed);
            byte[] piece = new byte[64 * Piece];
            long last = Stopwatch.GetTimestamp();
            for (int count; (count = socket.Receive(piece)) > 0;)
            {
                long now = Stopwatch.GetTimestamp();
                if (now - last > Noted)
                {
                    pauses.Add(new Pause(last, now));
                }

                last = now;
                if (!pattern.Check(piece.AsSpan(0, count)))
                {
                    throw new IOException($"wrong before byte {pattern.Position}");
                }
            }

            return pauses;
        }
    }
}
