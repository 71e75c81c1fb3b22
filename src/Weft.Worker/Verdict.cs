namespace Weft.Worker;

/// <summary>What becomes of a command's connection.</summary>
internal enum Verdict
{
    Done,

    /// <summary>The message made no sense; its descriptor is to be closed.</summary>
    Bad,

    /// <summary>From here on the connection is the new keeper's.</summary>
    KeeperComes,
}
