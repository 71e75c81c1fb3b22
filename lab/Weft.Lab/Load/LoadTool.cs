using System.Net;
using System.Net.Sockets;
using Weft.Lab.Streams;

namespace Weft.Lab.Load;

/// <summary>The load's program for inside a namespace. What it holds it keeps until a line comes in.</summary>
/// <remarks>
/// serve ADDRESS FIRST PORTS              echoes TCP and UDP on that many ports; prints "serving", ends with its input
/// churn ADDRESS FIRST PORTS COUNT        connections opened, used and closed; prints a <see cref="ConnectionReport"/>
/// hold ADDRESS FIRST PORTS COUNT         opens connections, prints a report, and again after each line; ends with its input
/// flows ADDRESS FIRST PORTS SOCKETS      a datagram from each socket to each port; prints how many were echoed, ends with its input
/// knock PREFIX HOSTS PORTS               that many connects that nobody answers; prints "knocked", ends with its input
/// bulk ADDRESS PORT SECONDS              streams both ways and datagrams against a <see cref="StreamServer"/>; prints "RIGHT WRONG ECHOED SENT"
/// </remarks>
internal static class LoadTool
{
    public static async Task<int> RunAsync(string[] args)
    {
        int[] numbers = [.. args.Skip(2).Select(int.Parse)];
        switch (args[0])
        {
            case "serve":
                using (new EchoPorts(IPAddress.Parse(args[1]), numbers[0], numbers[1]))
                {
                    Console.WriteLine("serving");
                    return await UntilEndAsync();
                }
            case "churn":
                Console.WriteLine(await Connections.ChurnAsync(IPAddress.Parse(args[1]), numbers[0], numbers[1], numbers[2]));
                return 0;
            case "hold":
                await Connections.HoldAsync(IPAddress.Parse(args[1]), numbers[0], numbers[1], numbers[2]);
                return 0;
            case "flows":
                return await FlowsAsync(IPAddress.Parse(args[1]), numbers[0], numbers[1], numbers[2]);
            case "knock":
                return await KnockAsync(args[1], numbers[0], numbers[1]);
            case "bulk":
                return await BulkAsync(new IPEndPoint(IPAddress.Parse(args[1]), numbers[0]), TimeSpan.FromSeconds(numbers[1]));
            default:
                return 2;
        }
    }

    private static async Task<int> FlowsAsync(IPAddress address, int first, int ports, int sockets)
    {
        using DatagramFlows flows = new(address, first, ports);
        Console.WriteLine(await flows.OpenAsync(sockets));
        return await UntilEndAsync();
    }

    private static async Task<int> KnockAsync(string prefix, int hosts, int ports)
    {
        List<Socket> sockets = [];
        for (int i = 0; i < hosts * ports; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _ = socket.ConnectAsync(new IPEndPoint(IPAddress.Parse($"{prefix}.{(i % hosts) + 1}"), 1000 + (i / hosts)))
                .ContinueWith(t => t.Exception, TaskScheduler.Default);
            sockets.Add(socket);
        }

        Console.WriteLine("knocked");
        await UntilEndAsync();
        sockets.ForEach(s => s.Dispose());
        return 0;
    }

    private static async Task<int> BulkAsync(IPEndPoint server, TimeSpan time)
    {
        using CancellationTokenSource end = new(time);
        Task<(int Right, int Wrong)> up = StreamsAsync(server, upload: true, end.Token), down = StreamsAsync(server, upload: false, end.Token);
        int echoed = 0, sent = 0;
        for (; !end.IsCancellationRequested; sent += 10)
        {
            echoed += await DatagramClient.EchoedAsync(server, 10, 1200);
        }

        Console.WriteLine($"{(await up).Right + (await down).Right} {(await up).Wrong + (await down).Wrong} {echoed} {sent}");
        return 0;
    }

    private static async Task<(int Right, int Wrong)> StreamsAsync(IPEndPoint server, bool upload, CancellationToken end)
    {
        int right = 0, wrong = 0;
        while (!end.IsCancellationRequested)
        {
            StreamReport report = await StreamEnd.RunAsync(server, new StreamOrder(upload, 64 << 20, 3), CancellationToken.None);
            right += report.Right ? 1 : 0;
            wrong += report.Right ? 0 : 1;
        }

        return (right, wrong);
    }

    private static async Task<int> UntilEndAsync()
    {
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
