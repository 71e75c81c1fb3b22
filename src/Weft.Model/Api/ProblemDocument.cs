namespace Weft.Model.Api;

/// <param name="Degrades">Something does not work; otherwise it is worth knowing only.</param>
/// <param name="Try">A command that leads out; null when there is none.</param>
public sealed record ProblemDocument(string Text, bool Degrades, string? Try);
