namespace Weft.Model.Errors;

/// <summary>One error code or drop reason in words: what <c>weft explain</c> prints and docs/errors.md holds.</summary>
/// <param name="Name">"W2003", or "port-full".</param>
/// <param name="Text">What happened, in a few words.</param>
/// <param name="Cause">Why that happens.</param>
/// <param name="Try">What the reader can do.</param>
/// <param name="Example">A line as it is shown; empty for drop reasons.</param>
public sealed record Explanation(string Name, string Text, string Cause, string Try, string Example = "");
