using Weft.Daemon.Host;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Editing;
using Weft.Model.Errors;
using Weft.Model.Validation;

namespace Weft.Daemon.Control;

/// <summary>Changes of one object.</summary>
internal sealed partial class Steward
{
    /// <summary>Makes what <paramref name="edit"/> gives, of what is wanted now, what is wanted and what runs.</summary>
    /// <param name="why">For the journal: the command.</param>
    public Task<ChangeReply> EditAsync(string why, Func<Topology, Edited> edit, CancellationToken left = default) => Exclusively(async () =>
    {
        RequireActive();
        Edited edited = edit(_stored.Topology);
        if (edited.Next is null)
        {
            return new ChangeReply([], [edited.Text]);
        }
        bool changes = edited.Next != _stored.Topology;
        ChangeReply reply = await TryAsync(why, edited.Next);
        return changes && reply.Steps.Length == 0 ? reply with { Steps = [edited.Text] } : reply;
    }, left);

    private async Task<ChangeReply> TryAsync(string why, Topology next)
    {
        try
        {
            return await ChangeAsync(why, next);
        }
        catch (WeftException problem)
        {
            throw new WeftException(EditErrors.Of(problem.Error, _stored.Topology, next));
        }
    }

    /// <summary>Adds a forward to the guest side of <paramref name="wanted"/> at the first host port that is free; one that leads there
    /// already is taken as it is.</summary>
    public Task<ChangeReply> AddForwardAtFreePortAsync(Forward wanted, CancellationToken left = default) => Exclusively(async () =>
    {
        RequireActive();
        Topology topology = _stored.Topology;
        if (topology.Forwards.FirstOrDefault(f => f with { HostPort = 0 } == wanted) is { } there)
        {
            return new ChangeReply([], [$"forward {there} is there already"]) { Forward = ForwardDocument.Of(there) };
        }
        if (TopologyCheck.FaultOf(topology, wanted) is { } fault)
        {
            string message = fault.Message.Replace($"forward '{wanted}'", "the forward");
            throw new WeftException(new WeftError(fault.Code, message, fault.Cause, "weft vm ls"));
        }
        foreach (Forward forward in FreePorts.For(wanted).Where(f => !topology.Forwards.Any(f.ClashesWith) && PortOwner.IsFree(f)))
        {
            try
            {
                ChangeReply reply = await ChangeAsync($"forward add {forward}", topology.With(forward));
                return reply with { Forward = ForwardDocument.Of(forward) };
            }
            catch (WeftException problem) when (problem.Error.Code == ErrorCode.PortInUse)
            {
                // Somebody took it since we looked.
            }
        }
        throw new WeftException(new WeftError(ErrorCode.PortInUse, $"no host port is free for {wanted.Guest}:{wanted.GuestPort}",
            "every one that Weft picks from is taken", $"weft forward add {wanted with { HostPort = 20000 }}"));
    }, left);
}
