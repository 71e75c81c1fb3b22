using Weft.Model.Differences;

namespace Weft.Model.Api;

/// <summary>What a change did.</summary>
/// <param name="Steps">One sentence for each step that was taken; empty: everything was so already.</param>
/// <param name="Notes">What the owner should know.</param>
public sealed record ChangeReply(string[] Steps, string[] Notes)
{
    /// <summary>The forward that was added, or was there already.</summary>
    public ForwardDocument? Forward { get; init; }

    /// <summary>What is wanted now and was not before, and the other way round.</summary>
    public Difference[] Changes { get; init; } = [];
}
