using Weft.Engine;

namespace Weft.Switching;

/// <summary>What the switch knows of one of its ports.</summary>
internal struct Station
{
    /// <summary>Null: the number is free.</summary>
    public Port? Port;
    public PortRole Role;
    public int MacLimit;

    /// <summary>Number of the burst that was last delivered here.</summary>
    public ulong ServedBurst;
}
