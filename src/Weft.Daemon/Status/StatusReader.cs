using System.Reflection;
using Weft.Daemon.Control;
using Weft.Daemon.Host;
using Weft.Daemon.Names;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Daemon.Status;

/// <summary>Puts the status together: what is wanted from the steward, everything that moves from the shared memory.</summary>
internal sealed class StatusReader(Steward steward, HomeFolder home, TimeProvider time)
{
    public static readonly string Version =
        Assembly.GetExecutingAssembly().GetName().Version is { } version ? $"{version.Major}.{version.Minor}.{version.Build}" : "0";

    private static readonly ProblemDocument WorkerDown =
        new("the worker does not answer: its keeper, or else weftd, is starting another", true, "weft status");

    private readonly RateSampler _rates = new(time);

    public required HostNames Names { get; init; }

    public async Task<StatusDocument> ReadAsync()
    {
        StatusDocument status = await ReadWorkerAsync();
        return status with { NameServer = Names.Document, Problems = Names.Problem is { } problem ? [.. status.Problems, problem] : status.Problems };
    }

    private async Task<StatusDocument> ReadWorkerAsync()
    {
        await steward.TendAsync();
        View view = steward.View;
        StatusDocument basis = new()
        {
            Version = Version,
            Home = home.Path,
            DaemonPid = Environment.ProcessId,
            Worker = new WorkerDocument(view.IsActive ? "down" : "none", 0, 0, 0, 0, 0),
            Vms = view.Topology.Vms.Count,
        };
        try
        {
            return view.Link is { IsAlive: true } link ? await ReadAsync(basis, view, link) : Down(basis, view);
        }
        catch (WorkerGoneException)
        {
            return Down(basis, view);
        }
    }

    /// <summary>What is wrong now, without anything that takes time to see.</summary>
    public ProblemDocument[] ReadProblems()
    {
        View view = steward.View;
        try
        {
            return view.Link is { IsAlive: true } link
                ? link.Read<ProblemDocument[]>(state => [.. Problems(view, state.Worker), .. OfTheHost(state.Worker), .. NetworkStatusReader.Problems(state)])
                : view.IsActive ? [WorkerDown] : [];
        }
        catch (WorkerGoneException)
        {
            return [WorkerDown];
        }
    }

    private async Task<StatusDocument> ReadAsync(StatusDocument basis, View view, WorkerLink link)
    {
        (CounterSample first, CounterSample second, double seconds) = await _rates.SampleAsync(link);
        return link.Read(state =>
        {
            WorkerStatus worker = state.Worker;
            NetworkStatusReader networks = new(state, view, new Rates(first, second, seconds), Resolvers.Read(worker));
            double uptime = worker.FirstStart == 0 ? 0
                : (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds - (worker.FirstStart / 1e6);
            return basis with
            {
                UptimeSeconds = Math.Max(0, uptime),
                Worker = new WorkerDocument(worker.Covered != 0 ? "ok" : "uncovered", worker.Pid, (int)Math.Max(1, worker.Generation) - 1,
                    worker.TakeoverMicroseconds / 1000.0, (long)worker.FlowsLost, (long)worker.FramesReplayed)
                {
                    LaneAllocatedBytes = LaneStatus.Allocated(state),
                    Collections = (long)worker.Collections,
                    Lanes = LaneStatus.Read(state),
                },
                Flows = LaneStatus.Flows(state),
                Networks = networks.Read(),
                NotAttached = networks.ReadPorts(null),
                Problems = [.. Problems(view, worker), .. OfTheHost(worker), .. NetworkStatusReader.Problems(state)],
            };
        });
    }

    private static IEnumerable<ProblemDocument> Problems(View view, WorkerStatus worker)
    {
        if (worker.Covered == 0)
        {
            yield return new ProblemDocument("no keeper holds the worker's connections: one is being started", true, "weft status");
        }
        if (worker.FlowsLost > 0)
        {
            yield return new ProblemDocument($"{worker.FlowsLost} flows were lost when a worker was replaced", false, null);
        }
        foreach (ProblemDocument fault in view.Faults)
        {
            yield return fault;
        }
        foreach (string note in view.Notes)
        {
            yield return new ProblemDocument(note, false, null);
        }
    }

    /// <summary>What the worker finds wrong on its host. It helps itself as well as it can.</summary>
    private static IEnumerable<ProblemDocument> OfTheHost(WorkerStatus worker)
    {
        List<ProblemDocument> problems = [];
        foreach (Text108 sentence in worker.Problems)
        {
            if (sentence.ToString() is { Length: > 0 } text)
            {
                problems.Add(new ProblemDocument(text, false, null));
            }
        }
        return problems;
    }

    private static StatusDocument Down(StatusDocument basis, View view) => !view.IsActive ? basis : basis with
    {
        Worker = basis.Worker with { State = "down" },
        Problems = [WorkerDown, .. view.Faults],
    };
}
