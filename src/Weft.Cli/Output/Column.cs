namespace Weft.Cli.Output;

/// <summary>One column of a table of <typeparamref name="T"/>.</summary>
/// <param name="Wide">Shown in the wide form alone.</param>
internal sealed record Column<T>(string Title, Func<T, string?> Of, bool Wide = false);
