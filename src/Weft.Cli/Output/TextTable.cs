using System.Text;

namespace Weft.Cli.Output;

/// <summary>Rows in aligned columns, two spaces between them and none at the end of a line; what is not known is '-'.</summary>
internal static class TextTable
{
    private const string Gap = "  ";
    private const string Nothing = "-";

    public static string Render<T>(IReadOnlyList<T> items, Column<T>[] columns, bool wide, Ink ink)
    {
        Column<T>[] shown = [.. columns.Where(c => wide || !c.Wide)];
        string[] titles = [.. shown.Select(c => c.Title)];
        string[][] cells = [.. items.Select(item => shown.Select(c => Cell(c.Of(item))).ToArray())];
        int[] widths = [.. titles.Select((title, i) => cells.Select(row => row[i].Length).Append(title.Length).Max())];
        StringBuilder text = new(ink.Strong(Line(titles, widths)));
        text.Append('\n');
        foreach (string[] row in cells)
        {
            text.Append(Line(row, widths)).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Pairs under each other, for one object.</summary>
    public static string Render(IReadOnlyList<(string Key, string? Value)> pairs, Ink ink)
    {
        int width = pairs.Count == 0 ? 0 : pairs.Max(p => p.Key.Length);
        StringBuilder text = new();
        foreach ((string key, string? value) in pairs)
        {
            text.Append(ink.Faint(key.PadRight(width))).Append(Gap).Append(Cell(value)).Append('\n');
        }
        return text.ToString();
    }

    private static string Line(string[] cells, int[] widths) =>
        string.Join(Gap, cells.Select((cell, i) => i == cells.Length - 1 ? cell : cell.PadRight(widths[i]))).TrimEnd();

    private static string Cell(string? text) => string.IsNullOrEmpty(text) ? Nothing : text;
}
