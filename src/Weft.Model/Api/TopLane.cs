namespace Weft.Model.Api;

/// <summary>One lane's second.</summary>
/// <param name="Busy">Part of the time in which frames moved.</param>
/// <param name="Burst">Frames a burst; 0 when there were none.</param>
public sealed record TopLane(int Number, double Frames, double Burst, double Busy);
