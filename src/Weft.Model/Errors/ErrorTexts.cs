namespace Weft.Model.Errors;

/// <summary>Every <see cref="ErrorCode"/> in words; a code without a row fails a test.</summary>
public static partial class ErrorTexts
{
    /// <summary>In the order of the codes.</summary>
    public static IReadOnlyList<Explanation> All { get; } = [.. Files, .. Running, .. CommandLine];

    /// <summary>The page docs/errors.md.</summary>
    /// <param name="reasons">The drop reasons, which live beside the data path.</param>
    public static string Page(IEnumerable<Explanation> reasons) => $"""
        # Errors and drop reasons

        Every error has a code that keeps its meaning for ever, every dropped frame a reason with a counter. `weft explain W2003` and
        `weft explain port-full` print these rows. A test holds this page to the program's own tables.

        ## Error codes

        | code | what | why | try | example |
        |---|---|---|---|---|
        {string.Join('\n', All.Select(row => Row(row.Name, row.Text, row.Cause, Code(row.Try), row.Example)))}

        ## Drop reasons

        | reason | what | why | try |
        |---|---|---|---|
        {string.Join('\n', reasons.Select(row => Row(row.Name, row.Text, row.Cause, Code(row.Try))))}

        """.ReplaceLineEndings("\n");

    private static string Row(params string[] cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|")))} |";

    private static string Code(string line) => line.StartsWith("weft ", StringComparison.Ordinal) && !line.Contains(',') ? $"`{line}`" : line;
}
