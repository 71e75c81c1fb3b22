namespace Weft.Model.Api;

/// <summary>What a change did.</summary>
/// <param name="Steps">One sentence for each step that was taken; empty: everything was so already.</param>
/// <param name="Notes">What the owner should know.</param>
public sealed record ChangeReply(string[] Steps, string[] Notes)
{
    /// <summary>The forward that was added, or was there already.</summary>
    public ForwardDocument? Forward { get; init; }
}
