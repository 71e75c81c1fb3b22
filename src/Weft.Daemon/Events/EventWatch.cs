using Weft.Daemon.Control;
using Weft.Daemon.Status;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Model.Planning;

namespace Weft.Daemon.Events;

/// <summary>
/// Looks at what the worker shares and tells what has changed: cables about four times a second, leases and problems once a second.
/// The worker does nothing for it.
/// </summary>
internal sealed class EventWatch(Steward steward, StatusReader status, EventLog log, TimeProvider time)
{
    private const int SlowEvery = 4;

    /// <summary>Steps of a change that its event names.</summary>
    private const int Told = 8;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<ulong, (string Name, bool Up)> _cables = [];
    private readonly HashSet<ulong> _there = [];
    private readonly Dictionary<(ulong Network, ulong Mac), LeaseRecord> _leases = [];
    private HashSet<string> _problems = [];
    private uint _generation;
    private long _firstStart;
    private bool _isKnown;

    public async Task RunAsync(CancellationToken end)
    {
        using PeriodicTimer timer = new(Step, time);
        try
        {
            for (int looks = 0; await timer.WaitForNextTickAsync(end); looks++)
            {
                Look(looks % SlowEvery == 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }

    /// <summary>One look. The first one of a worker that was found running tells nothing: it is how things are.</summary>
    public void Look(bool all)
    {
        View view = steward.View;
        if (view.Link is not { } link || !view.IsActive)
        {
            Forget();
            return;
        }
        try
        {
            link.Read(state =>
            {
                LookAtWorker(state);
                LookAtCables(state);
                if (all)
                {
                    LookAtLeases(state);
                }
                return true;
            });
            _isKnown = true;
        }
        catch (WorkerGoneException)
        {
            // The next look finds its successor.
        }
        if (all)
        {
            LookAtProblems();
        }
    }

    public void Changed(string why, IReadOnlyList<PlanStep> steps)
    {
        string what = steps.Count == 0 ? "nothing had to change" :
            $"{string.Join(", ", steps.Take(Told).Select(s => s.Text))}{(steps.Count > Told ? $", and {steps.Count - Told} more" : "")}";
        log.Add(EventKinds.Change, why, $"{why}: {what}");
        foreach (PlanStep step in steps)
        {
            if (step is PlanStep.AddForward added)
            {
                log.Add(EventKinds.ForwardAdded, added.Forward.Key, $"forward {added.Forward.ToForward()} added");
            }
            else if (step is PlanStep.RemoveForward removed)
            {
                log.Add(EventKinds.ForwardRemoved, removed.Forward.Key, $"forward {removed.Forward.ToForward()} removed");
            }
        }
    }

    private void LookAtWorker(SharedState state)
    {
        ref WorkerStatus worker = ref state.Worker;
        if (_isKnown && (worker.Generation != _generation || worker.FirstStart != _firstStart))
        {
            string how = worker.FirstStart == _firstStart ? $"took over in {worker.TakeoverMicroseconds / 1000.0:0.0} ms" : "started cold: flows of before are lost";
            log.Add(EventKinds.WorkerRestarted, "worker", FormattableString.Invariant($"worker {worker.Pid}, life {worker.Generation}, {how}"));
        }
        (_generation, _firstStart) = (worker.Generation, worker.FirstStart);
    }

    private void LookAtCables(SharedState state)
    {
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        RecordArray<PortCounters> counters = state.Array<PortCounters>(SharedArray.PortCounters);
        ForgetCables(ports);
        for (int i = 0; i < ports.Capacity; i++)
        {
            ref PortRecord port = ref ports[i];
            if (port.Id == 0 || port.CounterIndex >= (uint)counters.Capacity)
            {
                continue;
            }
            bool up = counters[(int)port.CounterIndex].Carrier != 0;
            bool isNew = !_cables.TryGetValue(port.Id, out (string Name, bool Up) before);
            if (isNew || before.Up != up)
            {
                string name = isNew ? port.Name.ToString() : before.Name;
                _cables[port.Id] = (name, up);
                if (up ? !isNew || _isKnown : !isNew)
                {
                    log.Add(up ? EventKinds.NicConnected : EventKinds.NicDisconnected, name, $"NIC {name} {(up ? "is connected" : "is not connected any more")}");
                }
            }
        }
    }

    /// <summary>Before new ones are told: a NIC that is made anew comes under another id.</summary>
    private void ForgetCables(RecordArray<PortRecord> ports)
    {
        _there.Clear();
        HashSet<string>? names = null;
        for (int i = 0; i < ports.Capacity; i++)
        {
            if (ports[i].Id != 0)
            {
                _there.Add(ports[i].Id);
            }
        }
        foreach ((ulong id, (string name, bool up)) in _cables.Where(c => !_there.Contains(c.Key)).ToArray())
        {
            _cables.Remove(id);
            names ??= [.. Enumerable.Range(0, ports.Capacity).Where(i => ports[i].Id != 0).Select(i => ports[i].Name.ToString())];
            if (up)
            {
                log.Add(EventKinds.NicDisconnected, name, names.Contains(name) ? $"NIC {name} is not connected any more" : $"NIC {name} was removed");
            }
        }
    }

    private void LookAtLeases(SharedState state)
    {
        RecordArray<LeaseRecord> leases = state.Array<LeaseRecord>(SharedArray.Leases);
        HashSet<(ulong, ulong)> there = [];
        for (int i = 0; i < leases.Capacity; i++)
        {
            ref readonly LeaseRecord lease = ref leases[i];
            if (lease.NetworkId == 0)
            {
                continue;
            }
            (ulong, ulong) key = (lease.NetworkId, lease.Mac.Value);
            there.Add(key);
            if (!_leases.TryGetValue(key, out LeaseRecord before) || before.Address != lease.Address)
            {
                _leases[key] = lease;
                Tell(in lease, EventKinds.Lease, $"{lease.Address} is leased to");
            }
        }
        foreach ((ulong, ulong) key in _leases.Keys.Where(k => !there.Contains(k)).ToArray())
        {
            _leases.Remove(key, out LeaseRecord ended);
            Tell(in ended, EventKinds.LeaseEnded, $"{ended.Address} is leased no more to");
        }
    }

    private void Tell(in LeaseRecord lease, string kind, string text)
    {
        if (!_isKnown)
        {
            return;
        }
        string mac = lease.Mac.ToString();
        string name = lease.HostName.ToString() is { Length: > 0 } host ? $"{host} ({mac})" : mac;
        log.Add(new EventDocument(0, default, kind, name, $"{text} {name}") { Address = lease.Address.ToString(), Mac = mac });
    }

    private void LookAtProblems()
    {
        HashSet<string> now = [.. status.ReadProblems().Select(p => p.Text)];
        foreach (string text in now.Where(t => !_problems.Contains(t)))
        {
            log.Add(EventKinds.ProblemAppeared, "problem", text);
        }
        foreach (string text in _problems.Where(t => !now.Contains(t)))
        {
            log.Add(EventKinds.ProblemCleared, "problem", $"over: {text}");
        }
        _problems = now;
    }

    private void Forget()
    {
        _cables.Clear();
        _leases.Clear();
        _problems.Clear();
        _isKnown = false;
    }
}
