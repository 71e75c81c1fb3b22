using Weft.Daemon.Store;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Differences;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Files.Editing;
using Weft.Model.Planning;

namespace Weft.Daemon.Control;

/// <summary>Changes as such: what one would do, what was done, and the way back.</summary>
internal sealed partial class Steward
{
    /// <summary>What <c>up</c> makes of no file: what ran before, or the default.</summary>
    private Topology TopologyToStart => _stored.Topology.IsEmpty ? Topology.Default : _stored.Topology;

    /// <summary>As <see cref="UpAsync(UpRequest, CancellationToken)"/>, but only where something runs.</summary>
    public Task<ChangeReply> ApplyAsync(UpRequest request, CancellationToken left = default) => UpAsync(request, "apply", RequireActive, left);

    /// <summary>What <see cref="UpAsync(UpRequest, CancellationToken)"/> would do. Nothing is changed, started or remembered.</summary>
    public async Task<PlanDocument> PlanAsync(UpRequest request, CancellationToken left = default)
    {
        try
        {
            Topology? asked = ReadTopology(request);
            return await Exclusively(() => Task.FromResult(Plan(_stored with { Topology = asked ?? TopologyToStart })), left);
        }
        catch (WeftException problem)
        {
            throw new WeftException(problem.Error.ForFile(request.File, "plan"));
        }
    }

    /// <summary>What is wanted now, in the words of the file that was applied last as far as they hold.</summary>
    public async Task<ExportDocument> ExportAsync(CancellationToken left = default)
    {
        StoredState stored = await Exclusively(() =>
        {
            RequireActive();
            return Task.FromResult(_stored);
        }, left);
        return new ExportDocument(stored.File?.Name, TopologyEdit.Write(stored.File?.Text, stored.Topology));
    }

    public Task<HistoryDocument> HistoryAsync(CancellationToken left = default) => Exclusively(() => Task.FromResult(
        new HistoryDocument([.. History.Read(_store.Objects).Select(c => new HistoryItem(c.Number, c.Time, c.Why))])), left);

    /// <summary>What the change of this number changed.</summary>
    public Task<PlanDocument> DifferenceAsync(long number, CancellationToken left = default) => Exclusively(() =>
    {
        RequireChange(number);
        return Task.FromResult(new PlanDocument(TopologyDifferences.Between(StateBefore(number).Topology, StateBefore(number + 1).Topology), []));
    }, left);

    /// <summary>Goes back to how things were before a change, by a change that can be undone itself.</summary>
    /// <param name="number">Of the change; null for the last.</param>
    public Task<ChangeReply> UndoAsync(long? number, CancellationToken left = default) => Exclusively(() =>
    {
        RequireActive();
        if (number is { } wanted)
        {
            RequireChange(wanted);
        }
        else if (History.Read(_store.Objects) is [var last, ..])
        {
            number = last.Number;
        }
        else
        {
            throw new WeftException(new WeftError(ErrorCode.NothingToUndo, "there is nothing to undo", "no change is remembered", "weft history"));
        }
        return ChangeAsync($"undo {number}", StateBefore(number.Value));
    }, left);

    private void RequireChange(long number)
    {
        if (!History.Read(_store.Objects).Exists(c => c.Number == number))
        {
            throw new WeftException(new WeftError(ErrorCode.UnknownChange, $"there is no change {number}",
                $"the last {History.Most} changes are remembered", "weft history"));
        }
    }

    private StoredState StateBefore(long number) => StateObjects.Read(History.Before(_store.Objects, number), _parts.Home.State);

    private PlanDocument Plan(StoredState wanted)
    {
        Derived derived = DeriveChecked(wanted);
        (Topology topology, DataPlane plane) = _active ? (_stored.Topology, _view.Plane) : (Topology.Empty, DataPlane.Empty);
        return new PlanDocument(TopologyDifferences.Between(topology, wanted.Topology, Planner.Plan(plane, derived.Plane)), [.. derived.Notes]);
    }

    private static Topology? ReadTopology(UpRequest request) =>
        request.Text is { } text ? TopologyFile.Read(text, request.File ?? "topology").Require() : null;

    /// <summary>The file to remember; the one that is remembered when only its path is spelled in another way.</summary>
    private AppliedFile? FileOf(UpRequest request) => request.Text is not { } text || text == _stored.File?.Text ? null
        : new AppliedFile(request.File ?? "topology", text);
}
