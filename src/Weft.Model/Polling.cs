namespace Weft.Model;

/// <summary>What the worker does while a network's guests are silent for a moment.</summary>
public enum Polling
{
    /// <summary>Looks for a short while as long as that pays and nobody else wants the processor, then sleeps.</summary>
    Balanced,

    /// <summary>Looks longer, and always: the shortest round trips, for a core of its own.</summary>
    Latency,

    /// <summary>Sleeps at once.</summary>
    Power,
}
