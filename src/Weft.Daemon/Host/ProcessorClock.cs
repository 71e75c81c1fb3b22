using System.Globalization;

namespace Weft.Daemon.Host;

/// <summary>The processor's constant counter (x86: TSC), by which cycles are told. Linux derives its bogomips from it, two for each megahertz.</summary>
internal static class ProcessorClock
{
    /// <summary>Null where the processor has no such counter.</summary>
    public static double? Gigahertz { get; } = Read();

    private static double? Read()
    {
        const string file = "/proc/cpuinfo";
        string[] lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        bool isConstant = lines.Any(line => line.StartsWith("flags", StringComparison.Ordinal) && line.Contains(" constant_tsc", StringComparison.Ordinal));
        string? bogomips = Array.Find(lines, line => line.StartsWith("bogomips", StringComparison.Ordinal));
        return isConstant && double.TryParse(bogomips?.Split(':')[1], CultureInfo.InvariantCulture, out double value) ? value / 2000 : null;
    }
}
