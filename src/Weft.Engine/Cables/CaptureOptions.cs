namespace Weft.Engine.Cables;

/// <param name="InterfaceName">What the reader of the capture sees: "alpha:1".</param>
/// <param name="SnapLength">Bytes kept of each frame; 0 = all.</param>
/// <param name="Time">Gives the wall clock of the time stamps.</param>
public sealed record CaptureOptions(string InterfaceName, int SnapLength, TimeProvider Time);
