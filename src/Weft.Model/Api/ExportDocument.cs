namespace Weft.Model.Api;

/// <summary>What is wanted now, as a topology file.</summary>
/// <param name="File">Name of the file that was applied last; null: none was.</param>
public sealed record ExportDocument(string? File, string Text);
