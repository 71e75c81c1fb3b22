namespace Weft.Engine;

/// <summary>
/// The worker's side of the keeper: descriptors by slot, for the next worker. Adds and drops are queued in order and leave
/// in one message per turn (at most 253 descriptors each).
/// </summary>
public interface IDescriptorKeeper
{
    /// <summary>True while a keeper is there. Without one, flows are served without cover.</summary>
    bool IsCovered { get; }

    /// <summary>No slot is left but a few in reserve: who wants one for a new flow gives up one of its own, or is refused.</summary>
    bool IsFull => false;

    /// <summary>Takes a free slot and queues the descriptor for it; −1 when no slot is free or the queue is full: do not answer the guest.</summary>
    int Add(int descriptor);

    /// <summary>Queues the drop of a slot; it may be used again in the same turn, since messages stay in order.</summary>
    void Drop(int slot);

    /// <summary>Sends what is queued. False when the keeper's socket would block: what was added since the last true is not yet safe.</summary>
    bool Flush();

    /// <summary>Every add up to now has been handed over (or there is no keeper).</summary>
    bool AllKept { get; }

    /// <summary>
    /// Asks the keeper to accept connections of a listener that it holds: whoever accepts holds the only descriptor for a moment,
    /// and a client must not be reset when the worker dies in it. The question leaves at the end of the turn, the answer comes in
    /// a later one; until then the target does not ask again. False without a keeper: accept yourself.
    /// </summary>
    bool AskAccept(IAcceptTarget target) => false;
}
