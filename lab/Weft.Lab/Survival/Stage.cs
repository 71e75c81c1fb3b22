using System.Collections.Concurrent;
using System.Net;
using Weft.Lab.Guests;

namespace Weft.Lab.Survival;

/// <summary>One guest in a namespace, a stream server in it that a forward leads to, and the workers' watch.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int GuestPort = 7000;
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LastStreams = TimeSpan.FromSeconds(90);

    private readonly ConcurrentQueue<string> _problems = new();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Stage(NamespaceHost lab, WorkerWatch workers, int forward) => (Lab, Workers, Forward) = (lab, workers, new IPEndPoint(IPAddress.Loopback, forward));

    public NamespaceHost Lab { get; }

    public WorkerWatch Workers { get; }

    /// <summary>Leads to the guest's own server, port 7000.</summary>
    public IPEndPoint Forward { get; }

    public static async Task<Stage> UpAsync(bool serve = true)
    {
        NamespaceHost lab = await NamespaceHost.UpAsync();
        try
        {
            if (serve)
            {
                await lab.Guest.ServeAsync("0.0.0.0", GuestPort);
            }

            int port = FreePort.Tcp();
            await lab.Home.Weft.RunAsync("forward", "add", $"{port}:vm1:{GuestPort}");
            return new Stage(lab, await WorkerWatch.OpenAsync(lab.Home.Home), port);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs loads from the guest and through the forward while <paramref name="act"/> does its worst; every stream must come out right.</summary>
    /// <param name="act">Gets a task that is completed as soon as something went wrong.</param>
    public async Task<LoadReport> UnderLoadAsync(LoadOrder outbound, LoadOrder inbound, Func<Task, Task> act)
    {
        int port = FreePort.Tcp();
        using Tool server = Tool.OnHost($"serve 127.0.0.1 {port}");
        Assert.Equal("serving", await server.NextAsync(Starting));
        Tool guest = Tool.In(Lab.Guest, $"survival load {Lab.Gateway} {port} {outbound.Arguments}");
        using Tool host = Tool.OnHost($"survival load {Forward.Address} {Forward.Port} {inbound.Arguments}");
        Task<LoadReport> outside = FollowAsync(guest, "outbound"), inside = FollowAsync(host, "inbound");
        await act(_failed.Task);
        guest.End();
        host.End();
        Task<LoadReport[]> both = Task.WhenAll(outside, inside);
        Task first = await Task.WhenAny(both, _failed.Task, Task.Delay(LastStreams));
        Assert.True(_problems.IsEmpty, _problems.IsEmpty ? "" : await Diagnosis.OfAsync(Lab, _problems));
        Assert.True(first == both, "the last streams do not end");
        return (await outside) + (await inside);
    }

    public async ValueTask DisposeAsync()
    {
        Workers.Dispose();
        await Lab.DisposeAsync();
    }

    private async Task<LoadReport> FollowAsync(Tool tool, string side)
    {
        LoadReport? report = null;
        while (await tool.NextAsync(TimeSpan.FromHours(5)) is { } line)
        {
            report ??= LoadReport.TryParse(line);
            if (report is null)
            {
                Problem($"{side}: {line}");
            }
        }

        if (report is null)
        {
            Problem($"{side}: the load ended without a report");
        }

        return report ?? new LoadReport(0, 1, 0, 0);
    }

    private void Problem(string what)
    {
        _problems.Enqueue(what);
        _failed.TrySetResult();
    }
}
