namespace Weft.Keeper;

internal enum WorkerPhase
{
    /// <summary>No process.</summary>
    None,

    /// <summary>Started; has not said hello. Next: Waiting.</summary>
    Starting,

    /// <summary>Has the shared memory and warms up or waits. Next: HandingOver.</summary>
    Waiting,

    /// <summary>Slots are being sent to it. Next: Active.</summary>
    HandingOver,

    /// <summary>Was told to go: adds and drops are taken from it alone.</summary>
    Active,
}
