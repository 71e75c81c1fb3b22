namespace Weft.Engine;

/// <summary>What a lane does while nothing is to be done.</summary>
public enum PollingPolicy : byte
{
    /// <summary>Looks for a short while, as long as that pays.</summary>
    Balanced = 0,

    /// <summary>Looks longer, and always.</summary>
    Latency,

    /// <summary>Sleeps at once.</summary>
    Power,
}
