using System.Globalization;

namespace Weft.Daemon.Metrics;

/// <summary>What the kernel says of one process (proc(5)); null where it is gone.</summary>
internal sealed record ProcessSample(string Name, double CpuSeconds, long ResidentBytes, int Threads, int Descriptors)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every architecture that .NET runs on

    public static ProcessSample? Read(string name, int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            // The command's name may hold anything, parentheses too; fields are counted behind the last one.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessSample(name, (Number(fields[11]) + Number(fields[12])) / TicksPerSecond, Number(fields[21]) * Environment.SystemPageSize,
                (int)Number(fields[17]), Directory.GetFiles($"/proc/{pid}/fd").Length);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
