using Weft.Cli.Output;
using Weft.Model.Differences;

namespace Weft.Cli.Commands;

/// <summary>Says what differs: a line for each thing, with + - ~ in front, then what there is to know.</summary>
internal static class DifferenceReport
{
    public static void Write(TextWriter to, IReadOnlyCollection<Difference> differences, string[] notes, string nothing)
    {
        Ink ink = new(Terminal.HasColor);
        foreach (Difference difference in differences)
        {
            string line = difference.ToString();
            to.WriteLine(difference.Action switch
            {
                Difference.Add => ink.Good(line),
                Difference.Remove => ink.Bad(line),
                _ => ink.Warning(line),
            });
        }
        if (differences.Count == 0)
        {
            to.WriteLine(nothing);
        }
        foreach (string note in notes)
        {
            to.WriteLine($"note: {note}");
        }
    }
}
