using System.Globalization;

namespace Weft.Bench;

/// <summary>Round trips of many small pings; the median is not moved by the few that waited for a core.</summary>
internal sealed class Ping(string title)
{
    private const int Count = 400;
    private const string Interval = "0.003";

    private readonly Samples _median = new($"{title}, median of {Count}", "µs");
    private readonly Samples _mean = new($"{title}, mean of {Count}", "µs");

    public void Add(string row, string place, string address)
    {
        string line = $"{place} ping -c {Count} -i {Interval} {address} 2>/dev/null | sed -n 's/.*time=\\([0-9.]*\\) ms/\\1/p'";
        string output = Shell.Run(line, mayFail: true);
        double[] times = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Microseconds).Order()];
        if (times.Length == 0)
        {
            Console.WriteLine($"{row}: no ping was answered");
            return;
        }
        _median.Add(row, times[times.Length / 2]);
        _mean.Add(row, times.Average());
    }

    public void Print(string ours)
    {
        _median.Print(ours);
        _mean.Print(ours);
    }

    private static double Microseconds(string milliseconds) => double.Parse(milliseconds, CultureInfo.InvariantCulture) * 1000;
}
