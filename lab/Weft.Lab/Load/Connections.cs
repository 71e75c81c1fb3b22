using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Weft.Lab.Load;

/// <summary>Many TCP connections to an echo: a question and its answer over each.</summary>
internal static class Connections
{
    /// <summary>At once; below the half-open limit of one guest.</summary>
    private const int AtOnce = 24;

    /// <summary>Opens, uses and closes; every second one ends with a reset.</summary>
    public static async Task<ConnectionReport> ChurnAsync(IPAddress address, int first, int ports, int count)
    {
        Tally tally = new();
        await ForEachAsync(count, async i =>
        {
            using Socket? socket = await OpenAsync(new IPEndPoint(address, first + (i % ports)), tally);
            if (socket is not null && await AsksAsync(socket, i))
            {
                tally.Right();
            }
            if (socket is not null && i % 2 == 0)
            {
                socket.LingerState = new LingerOption(true, 0);
            }
        });
        return tally.Report(count);
    }

    /// <summary>Opens and holds. A report at once, and one of those still alive after each line that comes in.</summary>
    public static async Task HoldAsync(IPAddress address, int first, int ports, int count)
    {
        Tally tally = new();
        List<Socket> held = [];
        await ForEachAsync(count, async i =>
        {
            if (await OpenAsync(new IPEndPoint(address, first + (i % ports)), tally) is { } socket)
            {
                tally.Right();
                lock (held)
                {
                    held.Add(socket);
                }
            }
        });
        Console.WriteLine(tally.Report(count));
        while (await Console.In.ReadLineAsync() is not null)
        {
            Tally alive = new();
            await ForEachAsync(held.Count, async i =>
            {
                if (await AsksAsync(held[i], i))
                {
                    alive.Right();
                }
            });
            Console.WriteLine(alive.Report(held.Count));
        }
        held.ForEach(s => s.Dispose());
    }

    private static Task ForEachAsync(int count, Func<int, Task> act) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await act(i));

    private static async Task<Socket?> OpenAsync(IPEndPoint server, Tally tally)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stopwatch time = Stopwatch.StartNew();
        try
        {
            await socket.ConnectAsync(server);
            tally.Waited(time.Elapsed, "none");
            return socket;
        }
        catch (SocketException e)
        {
            tally.Waited(time.Elapsed, e.SocketErrorCode.ToString());
            socket.Dispose();
            return null;
        }
    }

    private static async Task<bool> AsksAsync(Socket socket, int number)
    {
        byte[] question = BitConverter.GetBytes(number * 0x9E37_79B9L), answer = new byte[8];
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(20));
        try
        {
            await socket.SendAsync(question, late.Token);
            for (int got = 0; got < answer.Length;)
            {
                int count = await socket.ReceiveAsync(answer.AsMemory(got), late.Token);
                if (count == 0)
                {
                    return false;
                }
                got += count;
            }
            return answer.AsSpan().SequenceEqual(question);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private sealed class Tally
    {
        private readonly Lock _lock = new();
        private int _right;
        private double _slowest;
        private string _error = "none";

        public void Right() => Interlocked.Increment(ref _right);

        public void Waited(TimeSpan time, string error)
        {
            lock (_lock)
            {
                _slowest = Math.Max(_slowest, time.TotalMilliseconds);
                _error = error == "none" ? _error : error;
            }
        }

        public ConnectionReport Report(int count) => new(_right, count - _right, _slowest, _error);
    }
}
