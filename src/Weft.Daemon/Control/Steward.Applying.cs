using Weft.Daemon.Store;
using Weft.Daemon.Workers;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Model.Planning;

namespace Weft.Daemon.Control;

/// <summary>How a change reaches store and worker, and how a worker that lost something gets it back.</summary>
internal sealed partial class Steward
{
    private const int Attempts = 3;

    /// <summary>Stages, applies, commits. What fails leaves store and worker as they were.</summary>
    private void Save(StoreChange change, Action apply)
    {
        try
        {
            _store.Stage(change);
        }
        catch (IOException problem)
        {
            throw new WeftException(StoreErrors.Of(problem, _parts.Home));
        }
        try
        {
            apply();
        }
        catch
        {
            _store.Discard(change);
            Settle();
            throw;
        }
        try
        {
            if (!change.IsEmpty)
            {
                _store.Commit(change);
            }
        }
        catch (IOException problem)
        {
            Settle();
            throw new WeftException(StoreErrors.Of(problem, _parts.Home));
        }
    }

    /// <summary>Takes every step to <paramref name="target"/>. When the worker dies under it, its successor takes what is left.</summary>
    private Items<PlanStep> Apply(DataPlane target)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                WorkerLink link = _cover.Link!;
                Running running = link.Read(state => Running.Read(state, _view.Plane));
                Items<PlanStep> steps = Planner.Plan(running.Plane, target);
                StepRunner runner = new(link, running, target, _parts.Taps);
                foreach (PlanStep step in steps)
                {
                    runner.Take(step);
                }
                _settled = link;
                return steps;
            }
            catch (StepFailedException failure)
            {
                throw new WeftException(StepErrors.Of(failure));
            }
            catch (WorkerGoneException) when (attempt < Attempts)
            {
                _cover.RequireAsync().GetAwaiter().GetResult();
            }
            catch (WorkerGoneException gone)
            {
                throw new WeftException(new WeftError(ErrorCode.WorkerUnreachable, "the worker ended while it was changed", gone.Message,
                    "weft status"));
            }
        }
    }

    /// <summary>Brings the worker to the plane that is wanted, as far as it goes: a step that fails is a problem to show, not an
    /// end.</summary>
    private void Settle()
    {
        List<ProblemDocument> faults = [];
        try
        {
            WorkerLink link = _cover.Link ?? throw new WorkerGoneException("no worker");
            Running running = link.Read(state => Running.Read(state, _view.Plane));
            StepRunner runner = new(link, running, _view.Plane, _parts.Taps);
            foreach (PlanStep step in Planner.Plan(running.Plane, _view.Plane))
            {
                try
                {
                    runner.Take(step);
                }
                catch (StepFailedException failure)
                {
                    WeftError error = StepErrors.Of(failure);
                    faults.Add(new ProblemDocument($"{error.Message}: {error.Cause}", true, error.Try));
                    _parts.Log.Write(failure.Message);
                }
            }
            _settled = link;
        }
        catch (WorkerGoneException gone)
        {
            _parts.Log.Write(gone.Message);
        }
        _view = _view with { Faults = faults.ToItems() };
    }
}
