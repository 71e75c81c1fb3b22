using System.Net;
using System.Net.Sockets;

namespace Weft.Lab.Streams;

/// <summary>The lab's program for inside a namespace: one end of the checked streams, as a process.</summary>
/// <remarks>
/// get|put ADDRESS PORT BYTES [SEED]   one stream; prints a <see cref="StreamReport"/>
/// short ADDRESS PORT COUNT BYTES      so many connections, one after the other; prints the count of right ones
/// echo ADDRESS PORT COUNT SIZE        datagrams; prints the count that came back
/// serve ADDRESS PORT                  a <see cref="StreamServer"/>; prints "serving", ends with its input
/// </remarks>
internal static class StreamTool
{
    private const string Usage = "get|put ADDRESS PORT BYTES [SEED] | short ADDRESS PORT COUNT BYTES | echo ADDRESS PORT COUNT SIZE | serve ADDRESS PORT";

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return args switch
            {
                ["get" or "put", var address, var port, var bytes, .. var seed] =>
                    await OneAsync(At(address, port), new StreamOrder(args[0] == "put", long.Parse(bytes), seed is [var s] ? ulong.Parse(s) : 1)),
                ["short", var address, var port, var count, var bytes] => await ShortAsync(At(address, port), int.Parse(count), long.Parse(bytes)),
                ["echo", var address, var port, var count, var size] => await EchoAsync(At(address, port), int.Parse(count), int.Parse(size)),
                ["serve", var address, var port] => await ServeAsync(At(address, port)),
                _ => Complain(Usage),
            };
        }
        catch (Exception e) when (e is IOException or SocketException or FormatException)
        {
            return Complain(e.Message);
        }
    }

    private static async Task<int> OneAsync(IPEndPoint server, StreamOrder order)
    {
        StreamReport report = await StreamEnd.RunAsync(server, order);
        Console.WriteLine(report);
        return report.Right ? 0 : 1;
    }

    private static async Task<int> ShortAsync(IPEndPoint server, int count, long bytes)
    {
        int right = 0;
        for (int i = 0; i < count; i++)
        {
            try
            {
                right += (await StreamEnd.RunAsync(server, new StreamOrder(i % 2 == 0, bytes, (ulong)i))).Right ? 1 : 0;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                await Console.Error.WriteLineAsync($"connection {i}: {e.Message}");
            }
        }

        Console.WriteLine(right);
        return right == count ? 0 : 1;
    }

    private static async Task<int> EchoAsync(IPEndPoint server, int count, int size)
    {
        int echoed = await DatagramClient.EchoedAsync(server, count, size);
        Console.WriteLine(echoed);
        return echoed == count ? 0 : 1;
    }

    private static async Task<int> ServeAsync(IPEndPoint at)
    {
        await using StreamServer server = new(at.Address, at.Port);
        Console.WriteLine("serving");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static IPEndPoint At(string address, string port) => new(IPAddress.Parse(address), int.Parse(port));

    private static int Complain(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }
}
