namespace Weft.Lab.Docs;

/// <summary>One thing that the reader of a page does.</summary>
internal abstract record DocStep
{
    public sealed record WriteFile(string Name, string Text) : DocStep;

    /// <param name="Answers">Lines of what it says, in this order; "…" stands for anything.</param>
    public sealed record Run(string Line, int[] Exits, string[] Answers) : DocStep;
}
