namespace Weft.Linux.Keeping;

/// <summary>What a message between keeper and worker says. Both directions use the same kinds.</summary>
public enum KeeperMessageKind : uint
{
    None = 0,

    /// <summary>Worker: its first message; the keeper knows it by SO_PEERCRED.</summary>
    Hello = 1,

    /// <summary>Either: carries the memfd of the shared memory. From a worker that is adopted, the value is its process id.</summary>
    Memory = 2,

    /// <summary>Either: <see cref="SlotOperation"/>s in order; the n-th add takes the n-th descriptor of the message.</summary>
    Batch = 3,

    /// <summary>Keeper: every slot has been handed over, serve now. The value is how many.</summary>
    Go = 4,

    /// <summary>Worker: it serves turns; an adopted one says by it that everything is handed over.</summary>
    Ready = 5,

    /// <summary>Worker: an orderly end. The keeper drops everything and ends with it.</summary>
    Stop = 6,

    /// <summary>Worker: accept connections of the listener in the slot that the value names, into the slots of the adds, which carry no descriptors.</summary>
    Accept = 7,

    /// <summary>Keeper's answer: an add with its descriptor for each connection, a drop for each slot left over. The value is 0 or the negative errno that ended it.</summary>
    Accepted = 8,
}
