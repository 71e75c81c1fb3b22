using System.Net;
using System.Net.Sockets;

namespace Weft.Lab.Survival;

/// <summary>The program of these scenes inside a namespace. Each runs until its input ends.</summary>
/// <remarks>
/// load ADDRESS PORT FLOWS LEAST MOST ALTERNATE SEED   a <see cref="Load"/>; prints "problem …" at once, and its report at the end
/// send|receive ADDRESS PORT   one end of a <see cref="PacedStream"/>; the receiver prints its pauses at the end
/// talk PORT   answers <see cref="Conversation"/>s at that port: "answered …"; a line "ADDRESS PORT true|false" dials one: "dialled …"
/// </remarks>
internal static class SurvivalTool
{
    private static readonly TimeSpan TalkLimit = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["load", var address, var port, .. var order]:
                    Console.WriteLine(await new Load(At(address, port), LoadOrder.From(order), p => Console.WriteLine($"problem {p}")).RunAsync(InputEnds()));
                    return 0;
                case ["send", var address, var port]:
                    PacedStream.Send(PacedStream.Connect(At(address, port)), EndOf(InputEnds()));
                    return 0;
                case ["receive", var address, var port]:
                    PacedStream.Receive(PacedStream.Connect(At(address, port))).ForEach(p => Console.WriteLine(p));
                    return 0;
                case ["talk", var port]:
                    await TalkAsync(int.Parse(port));
                    return 0;
                default:
                    Console.WriteLine($"survival: does not know {string.Join(' ', args)}");
                    return 2;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or FormatException)
        {
            Console.WriteLine($"problem {e.Message}");
            return 1;
        }
    }

    private static async Task TalkAsync(int port)
    {
        await using Answerer answerer = new(IPAddress.Any, port);
        _ = PrintAsync(answerer);
        Console.WriteLine("there");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine($"dialled {await DialAsync(line.Split(' '))}");
        }
    }

    private static async Task PrintAsync(Answerer answerer)
    {
        await foreach (string line in answerer.Lines.ReadAllAsync())
        {
            Console.WriteLine($"answered {line}");
        }
    }

    private static async Task<string> DialAsync(string[] words)
    {
        using CancellationTokenSource late = new(TalkLimit);
        try
        {
            await Conversation.DialAsync(At(words[0], words[1]), bool.Parse(words[2]), late.Token);
            return "right";
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return e.Message;
        }
    }

    private static Task InputEnds() => Task.Run(Console.In.ReadToEnd);

    private static CancellationToken EndOf(Task task)
    {
        CancellationTokenSource end = new();
        task.ContinueWith(_ => end.Cancel(), TaskScheduler.Default);
        return end.Token;
    }

    private static IPEndPoint At(string address, string port) => new(IPAddress.Parse(address), int.Parse(port));
}
