using System.Globalization;

namespace Weft.Lab.Load;

/// <summary>What a process holds at this moment.</summary>
/// <param name="Descriptors">Open ones.</param>
/// <param name="ResidentKib">Its own pages; what it shares with others, such as the shared memory of the flows, is left out.</param>
internal sealed record Footprint(int Descriptors, long ResidentKib, double CpuSeconds)
{
    private const double TicksPerSecond = 100;

    public static Footprint Of(int pid)
    {
        string status = File.ReadAllText($"/proc/{pid}/status");
        string[] stat = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
        double cpu = (long.Parse(stat[11], CultureInfo.InvariantCulture) + long.Parse(stat[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        return new Footprint(Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length, Field(status, "RssAnon:"), cpu);
    }

    private static long Field(string status, string name) => long.Parse(
        status.Split('\n').Single(l => l.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "").Trim(), CultureInfo.InvariantCulture);
}
