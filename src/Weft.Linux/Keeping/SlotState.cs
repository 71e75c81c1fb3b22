namespace Weft.Linux.Keeping;

/// <summary>Life of a slot in the worker. A slot is free again only when its drop has left: a batch never names a slot twice,
/// and no record can name a slot in which the keeper still holds an earlier descriptor.</summary>
internal enum SlotState : byte
{
    Free = 0,

    /// <summary>In the queue as an add. Next: Held when sent, Cancelled when dropped before.</summary>
    Queued,

    /// <summary>The keeper has it, or would if there were one. Next: Leaving.</summary>
    Held,

    /// <summary>Held, came from the predecessor, and nobody has asked for it yet. Next: Held or Leaving.</summary>
    Inherited,

    /// <summary>Given to the keeper for a connection that it may accept. Next: Held, or Free when none came.</summary>
    Awaited,

    /// <summary>In the queue as a drop. Next: Free when sent.</summary>
    Leaving,

    /// <summary>In the queue as nothing: dropped before its add left. Next: Free.</summary>
    Cancelled,
}
