using System.Globalization;

namespace Weft.Bench;

/// <summary>Figures by row name, in order of first appearance; each row prints its minimum, median and maximum.</summary>
internal sealed class Samples(string title, string unit)
{
    private readonly List<(string Row, List<double> Values)> _rows = [];

    public void Add(string row, double value)
    {
        List<double>? values = _rows.Find(known => known.Row == row).Values;
        if (values is null)
        {
            values = [];
            _rows.Add((row, values));
        }
        values.Add(value);
    }

    public double Median(string row)
    {
        List<double>? values = _rows.Find(known => known.Row == row).Values;
        return values is null ? double.NaN : Sorted(values)[values.Count / 2];
    }

    /// <summary>Prints the table, if it has rows; with the ratio of <paramref name="ours"/>, if given, to each other row.</summary>
    public void Print(string? ours = null)
    {
        if (_rows.Count == 0)
        {
            return;
        }
        Console.WriteLine($"\n{title} ({unit})");
        Console.WriteLine($"  {"",-28}{"min",10}{"median",10}{"max",10}{(ours is null ? "" : $"   ratio of {ours}")}");
        foreach ((string row, List<double> values) in _rows)
        {
            double[] sorted = Sorted(values);
            double median = sorted[sorted.Length / 2];
            double times = ours is null || row == ours || median <= 0 ? double.NaN : Median(ours) / median;
            string ratio = double.IsNaN(times) ? "" : Text(times) + " x";
            Console.WriteLine($"  {row,-28}{Text(sorted[0]),10}{Text(median),10}{Text(sorted[^1]),10}   {ratio}");
        }
    }

    private static double[] Sorted(List<double> values) => [.. values.Order()];

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "F0" : "F2", CultureInfo.InvariantCulture);
}
