namespace Weft.Model.Api;

/// <summary>One capture, running or ended a while ago.</summary>
/// <param name="Points">The places it looks at, as its interfaces are named.</param>
public sealed record CaptureDocument(int Id, string[] Points)
{
    public long Frames { get; init; }

    public long Bytes { get; init; }

    /// <summary>Frames that passed and are not in the capture, because its reader was too slow. Known at its end.</summary>
    public long Missed { get; init; }

    /// <summary>Times that the worker was replaced meanwhile; what passed in between is missing.</summary>
    public int Restarts { get; init; }

    /// <summary>Why it ended; null while it runs.</summary>
    public string? Ended { get; init; }
}
