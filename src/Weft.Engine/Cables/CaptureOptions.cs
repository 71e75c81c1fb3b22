namespace Weft.Engine.Cables;

/// <param name="InterfaceName">What the reader of the capture sees: "alpha:1".</param>
/// <param name="SnapLength">Bytes kept of each frame; 0 = all.</param>
/// <param name="Time">Gives the wall clock of the time stamps.</param>
public sealed record CaptureOptions(string InterfaceName, int SnapLength, TimeProvider Time)
{
    /// <summary>Number of the interface in a section that somebody else has begun; null: the writer begins one of its own.</summary>
    public uint? Interface { get; init; }

    /// <summary>Frames that were dropped are written too, with the reason.</summary>
    public bool Drops { get; init; } = true;

    public FilterProgram Filter { get; init; }
}
