using System.Net;
using System.Net.Sockets;
using Weft.Lab.Streams;

namespace Weft.Lab.Survival;

/// <summary>
/// Checked streams without end against a <see cref="StreamServer"/>. What breaks, is wrong or stands still is told at once,
/// while sockets and processes still show why.
/// </summary>
internal sealed class Load(IPEndPoint server, LoadOrder order, Action<string> problem)
{
    /// <summary>A stream that makes no progress for so long counts as stalled.</summary>
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(Tier.Of(10, 3));

    private readonly StallWatch?[] _watches = new StallWatch?[order.Flows];
    private readonly Lock _lock = new();
    private LoadReport _report = new(0, 0, 0, 0);

    /// <summary>Runs until told to end and the streams under way are done.</summary>
    public async Task<LoadReport> RunAsync(Task end)
    {
        using CancellationTokenSource give = new();
        Task[] flows = [.. Enumerable.Range(0, order.Flows).Select(i => Task.Run(() => FlowAsync(i, end, give.Token)))];
        Task all = Task.WhenAll(flows);
        while (await Task.WhenAny(all, Task.Delay(100)) != all)
        {
            if (Stalled() is { } stalled)
            {
                Fail($"{stalled} makes no progress for {StallLimit.TotalSeconds:0} s");
                await end;
                await give.CancelAsync();
                await all;
            }
        }

        return _report;
    }

    private string? Stalled()
    {
        int flow = Array.FindIndex(_watches, w => w?.Look() > StallLimit);
        return flow < 0 ? null : $"flow {flow}";
    }

    private async Task FlowAsync(int flow, Task end, CancellationToken cancel)
    {
        Random random = new(order.Seed + flow);
        bool upload = flow % 2 == 0;
        while (!end.IsCompleted && !cancel.IsCancellationRequested)
        {
            StreamOrder stream = new(upload, random.NextInt64(order.LeastBytes, order.MostBytes + 1), (ulong)random.NextInt64());
            await StreamAsync(flow, stream, cancel);
            upload ^= order.Alternate;
        }
    }

    private async Task StreamAsync(int flow, StreamOrder stream, CancellationToken cancel)
    {
        StallWatch watch = _watches[flow] = new StallWatch();
        try
        {
            StreamReport report = await StreamEnd.RunAsync(server, stream, watch, cancel);
            if (report.Right)
            {
                Add(new LoadReport(1, 0, report.Bytes, watch.Longest.TotalMilliseconds));
            }
            else
            {
                Fail($"flow {flow}: {stream} came out as {report}");
            }
        }
        catch (OperationCanceledException)
        {
            // It stood still, and that was told.
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            Fail($"flow {flow}: {stream}: {e.Message}");
        }

        _watches[flow] = null;
    }

    private void Fail(string what)
    {
        Add(new LoadReport(0, 1, 0, 0));
        problem($"{DateTime.UtcNow:HH:mm:ss.fff} {what}");
    }

    private void Add(LoadReport report)
    {
        lock (_lock)
        {
            _report += report;
        }
    }
}
