using Weft.Daemon.Host;
using Weft.Daemon.Store;
using Weft.Daemon.Workers;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Attaching;
using Weft.Model.Differences;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Model.Validation;

namespace Weft.Daemon.Control;

/// <summary>
/// Theory. The one writer: keeps what runs equal to what is wanted. A change goes
///   derive    the data plane of the next topology; what is wrong with it is refused here
///   stage     its objects are on the disk under temporary names (a full disk is refused here)
///   apply     the steps from what the worker's records say to the next plane; a refused step undoes those before it
///   commit    one journal line; from here on the change is acknowledged
/// so a change is whole or not at all, in the worker and on the disk. One change runs at a time; a second <c>up</c> is
/// refused, the others wait. What a worker has lost is put back from what is wanted, never the other way round.
/// </summary>
internal sealed partial class Steward : IDisposable
{
    private static readonly WeftError NothingUp = new(ErrorCode.NotRunning, "no network is up", "there is nothing to change yet", "weft up");

    private readonly DaemonParts _parts;
    private readonly ObjectStore _store;
    private readonly WorkerCover _cover;
    private readonly Gate _gate = new();
    private StoredState _stored = StoredState.Empty;
    private WorkerLink? _settled;
    private bool _active;
    private int _upsUnderWay;
    private volatile View _view = View.Empty;

    public Steward(DaemonParts parts)
    {
        _parts = parts;
        _store = new ObjectStore(parts.Files, parts.Home.State, [.. StateObjects.Kinds, History.Kind], parts.Time);
        _cover = new WorkerCover(parts);
    }

    /// <summary>What is wanted and how it stands, as one value.</summary>
    public View View => _view with { Link = _cover.Link, IsActive = _active };

    /// <summary>Reads the store. Nothing is started.</summary>
    public void Open()
    {
        _store.Open();
        _stored = StateObjects.Read(_store.Objects, _parts.Home.State);
    }

    /// <summary>Finds the running worker and carries on; when there is none, starts what is stored unless <paramref
    /// name="awaitUp"/>.</summary>
    public Task RestoreAsync(bool awaitUp) => Exclusively(async () =>
    {
        Adopt(_stored);
        if (_cover.TryAttach() || (!awaitUp && !_stored.Topology.IsEmpty))
        {
            _active = true;
            await _cover.RequireAsync();
            Settle();
        }
        return true;
    });

    /// <summary>Makes the topology of the request what is wanted, and what runs.</summary>
    /// <param name="left">Here and below: who asked has gone. A change that waits is not made then; one that is begun is finished.</param>
    public Task<ChangeReply> UpAsync(UpRequest request, CancellationToken left = default) => UpAsync(request, "up", () => { }, left);

    /// <param name="verb">The command that asks, for the history.</param>
    /// <param name="require">Throws where the command has no place.</param>
    private async Task<ChangeReply> UpAsync(UpRequest request, string verb, Action require, CancellationToken left)
    {
        if (Interlocked.CompareExchange(ref _upsUnderWay, 1, 0) != 0)
        {
            throw new WeftException(new WeftError(ErrorCode.UpUnderWay, "another 'weft up' is under way",
                "two at the same time would undo each other; nothing was changed by this one", "weft status"));
        }
        try
        {
            Topology? asked = ReadTopology(request);
            return await Exclusively(() =>
            {
                require();
                return ChangeAsync($"{verb} {request.File}".TrimEnd(),
                    _stored with { Topology = asked ?? TopologyToStart, File = FileOf(request) ?? _stored.File });
            }, left);
        }
        catch (WeftException problem)
        {
            throw new WeftException(problem.Error.ForFile(request.File, verb));
        }
        finally
        {
            Volatile.Write(ref _upsUnderWay, 0);
        }
    }

    public Task<ChangeReply> AddForwardAsync(Forward forward, CancellationToken left = default) => Exclusively(() =>
    {
        RequireActive();
        Topology topology = _stored.Topology;
        if (topology.Forwards.Contains(forward))
        {
            return Task.FromResult(new ChangeReply([], [$"forward {forward} is there already"]));
        }
        if (topology.Forwards.FirstOrDefault(f => f.ClashesWith(forward)) is { } other)
        {
            throw new WeftException(new WeftError(ErrorCode.DuplicateForward, $"a forward listens on {other.Key} already",
                $"it is '{other}'", $"weft forward rm {other.Key}"));
        }
        return TopologyCheck.FaultOf(topology, forward) is { } fault
            ? throw new WeftException(new WeftError(fault.Code, fault.Message, fault.Cause, SuggestForward(topology, forward)))
            : ChangeAsync($"forward add {forward}", topology.With(forward));
    }, left);

    /// <summary>Removes the forward that listens on <paramref name="key"/>; it may be absent.</summary>
    public Task<ChangeReply> RemoveForwardAsync(string key, CancellationToken left = default) => Exclusively(() =>
    {
        RequireActive();
        return _stored.Topology.Forwards.FirstOrDefault(f => f.Key == key) is { } forward
            ? ChangeAsync($"forward rm {key}", _stored.Topology.Without(forward))
            : Task.FromResult(new ChangeReply([], [$"nothing to do: no forward listens on {key}"]));
    }, left);

    public Task<ChangeReply> PlugAsync(string vm, int number, bool plugged, CancellationToken left = default) => Exclusively(() =>
    {
        RequireActive();
        Nic nic = _stored.Topology.FindNic(vm, number) ?? throw new WeftException(Missing.Nic(_stored.Topology, vm, number, plugged ? "weft nic plug" : "weft nic unplug"));
        return ChangeAsync($"nic {(plugged ? "plug" : "unplug")} {vm}:{number}",
            _stored.Topology.WithNic(vm, nic with { Plugged = plugged }));
    }, left);

    public string[] AttachLinesOf(string vm, string purpose, HypervisorHost told)
    {
        RequireActive();
        View view = _view;
        return AttachLines.For(view.Plane, view.Topology, vm, purpose, () => HypervisorHosts.Read(told));
    }

    /// <summary>Ends worker and keeper, who end every flow in order; what is wanted is nothing from here on. Leases stay: to remove the
    /// networks first would end them too.</summary>
    public Task DownAsync(CancellationToken left = default) => Exclusively(async () =>
    {
        _active = false;
        try
        {
            Save(ChangeTo("down", StoredState.Empty), () => { });
        }
        catch (WeftException problem)
        {
            // A full disk must not keep anybody from ending it all; the next 'up' finds the old state.
            _parts.Log.Write(problem.Message);
        }
        Adopt(StoredState.Empty);
        await _cover.StopAsync();
        return true;
    }, left);

    /// <summary>Looks after worker and keeper about once a second until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken end)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1), _parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                await TendAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }

    /// <summary>Mends what is broken now, unless a change is under way.</summary>
    public async Task TendAsync()
    {
        if (!_active || !await _gate.TryEnterAsync())
        {
            return;
        }
        try
        {
            _cover.Tend();
            if (_cover.IsUp && !ReferenceEquals(_cover.Link, _settled))
            {
                Settle();
            }
        }
        catch (Exception problem) when (problem is WeftException or WorkerGoneException)
        {
            _parts.Log.Write(problem.Message);
        }
        finally
        {
            _gate.Leave();
        }
    }

    public void Dispose()
    {
        _cover.Dispose();
        _gate.Dispose();
    }

    private Task<T> Exclusively<T>(Func<Task<T>> work, CancellationToken left = default) => _gate.PassAsync(work, left);

    private void RequireActive()
    {
        if (!_active)
        {
            throw new WeftException(NothingUp);
        }
    }

    /// <summary>A change of one thing: what it says anew. What was known before is an answer only where nothing is done.</summary>
    private async Task<ChangeReply> ChangeAsync(string why, Topology next)
    {
        Items<string> known = _view.Notes;
        ChangeReply reply = await ChangeAsync(why, _stored with { Topology = next });
        return reply.Steps.Length == 0 ? reply : reply with { Notes = [.. reply.Notes.Except(known)] };
    }

    private async Task<ChangeReply> ChangeAsync(string why, StoredState wanted)
    {
        Topology before = _active ? _stored.Topology : Topology.Empty;
        Derived derived = DeriveChecked(wanted);
        StoredState state = wanted with { Picked = derived.Picked };
        StoreChange change = ChangeTo(why, state);
        Items<PlanStep> steps = [];
        try
        {
            await _cover.RequireAsync();
            Save(change, () => steps = Apply(derived.Plane));
        }
        catch when (!_active)
        {
            await _cover.StopAsync();
            throw;
        }
        _active = true;
        _stored = state;
        _view = new View(state.Topology, derived.Plane, derived.Notes, [], null, true);
        _parts.Log.Write($"{why}: {steps.Count} steps");
        Changed(why, steps);
        return new ChangeReply([.. steps.Select(s => s.Text)], [.. derived.Notes])
        {
            Changes = TopologyDifferences.Between(before, state.Topology, steps),
        };
    }

    /// <exception cref="WeftException">This home or this host cannot have it.</exception>
    private Derived DeriveChecked(StoredState wanted)
    {
        _parts.Home.RequireShortPaths(wanted.Topology);
        _parts.Home.RequireForeignSockets(wanted.Topology);
        return Derivation.Derive(wanted.Topology, new HostView(_parts.Routes(), wanted.Picked, _parts.Home.Ports));
    }

    private StoreChange ChangeTo(string why, StoredState state) =>
        History.Change(why, _store.Objects, StateObjects.Write(state), _parts.Time.GetUtcNow());

    /// <summary>Takes what is stored as wanted. What was accepted once is not refused for a route that came later: it is noted.</summary>
    private void Adopt(StoredState stored)
    {
        Topology lenient = stored.Topology with { Networks = stored.Topology.Networks.Select(n => n with { Force = true }).ToItems() };
        Derived derived = Derivation.Derive(lenient, new HostView(_parts.Routes(), stored.Picked, _parts.Home.Ports));
        _stored = stored;
        _view = new View(stored.Topology, derived.Plane, derived.Notes, [], null, _active);
    }

    private static string SuggestForward(Topology topology, Forward forward) =>
        topology.FindVm(forward.Guest) is not null ? $"weft vm show {forward.Guest}"
            : Spelling.Nearest(forward.Guest, topology.Vms.Select(v => v.Name)) is { } near ? $"weft forward add {forward with { Guest = near }}"
            : "weft status";
}
