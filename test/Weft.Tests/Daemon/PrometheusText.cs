using System.Globalization;
using System.Text.RegularExpressions;

namespace Weft.Tests.Daemon;

/// <summary>A strict reader of Prometheus' text format 0.0.4: HELP, then TYPE, then that family's samples, no sample twice, a line end
/// at the end. What it does not know is wrong.</summary>
internal sealed partial class PrometheusText
{
    private readonly Dictionary<string, double> _samples = [];

    public Dictionary<string, string> Types { get; } = [];

    public double this[string sample] => _samples[sample];

    public IEnumerable<string> Samples => _samples.Keys;

    public static PrometheusText Read(string text)
    {
        Assert.EndsWith("\n", text);
        PrometheusText read = new();
        string help = "";
        string family = "";
        foreach (string line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } helped)
            {
                help = helped.Groups[1].Value;
            }
            else if (Type().Match(line) is { Success: true } typed)
            {
                family = typed.Groups[1].Value;
                Assert.Equal(help, family);
                Assert.True(read.Types.TryAdd(family, typed.Groups[2].Value), $"{family} twice");
                Assert.Equal(typed.Groups[2].Value == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, $"no line of the format: {line}");
                Assert.Equal(family, sample.Groups[1].Value);
                string[] labels = [.. Label().Matches(sample.Groups[2].Value).Select(l => l.Groups[1].Value)];
                Assert.Equal(labels.Distinct(), labels);
                Assert.True(read._samples.TryAdd(sample.Groups[1].Value + sample.Groups[2].Value, double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture)), line);
            }
        }
        return read;
    }

    [GeneratedRegex("^# HELP ([a-z_][a-z0-9_]*) [A-Z0-9].*[.]$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-z_][a-z0-9_]*) (counter|gauge)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-z_][a-z0-9_]*)((?:\{[a-z_]+="(?:[^"\\]|\\[n"\\])*"(?:,[a-z_]+="(?:[^"\\]|\\[n"\\])*")*\})?) (-?[0-9.]+(?:E[+-][0-9]+)?)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();
}
