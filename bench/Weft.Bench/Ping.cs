using System.Globalization;

namespace Weft.Bench;

/// <summary>Round trips of many small pings; the median is not moved by the few that waited for a core.</summary>
internal sealed class Ping(string title, int count = 400, string interval = "0.003")
{
    private readonly Samples _median = new($"{title}, median of {count}", "µs");
    private readonly Samples _mean = new($"{title}, mean of {count}", "µs");

    /// <summary>From a place that is a command prefix.</summary>
    public void Add(string row, string place, string address) => Add(row, line => Shell.Run($"{place} {line}", mayFail: true), address);

    /// <summary>From a place that runs a shell line and gives its output.</summary>
    public void Add(string row, Func<string, string> run, string address)
    {
        string output = run($"ping -c {count} -i {interval} {address} 2>/dev/null | sed -n 's/.*time=\\([0-9.]*\\) ms/\\1/p'");
        double[] times = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Microseconds).Order()];
        if (times.Length == 0)
        {
            Console.WriteLine($"{row}: no ping was answered");
            return;
        }
        _median.Add(row, times[times.Length / 2]);
        _mean.Add(row, times.Average());
    }

    public void Print(string? ours)
    {
        _median.Print(ours);
        _mean.Print(ours);
    }

    private static double Microseconds(string milliseconds) => double.Parse(milliseconds, CultureInfo.InvariantCulture) * 1000;
}
