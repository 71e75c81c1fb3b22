namespace Weft.Model.Editing;

/// <summary>What an edit comes to.</summary>
/// <param name="Next">What is wanted from now on; null: there was nothing to do.</param>
/// <param name="Text">What the edit does, or why there was nothing to do.</param>
public sealed record Edited(Topology? Next, string Text);
