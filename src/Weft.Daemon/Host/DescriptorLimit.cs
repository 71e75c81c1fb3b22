using System.Globalization;

namespace Weft.Daemon.Host;

/// <summary>How many descriptors this process may have open (proc_pid_limits(5)).</summary>
internal static class DescriptorLimit
{
    private const string Row = "Max open files";

    public static long Read()
    {
        try
        {
            string? row = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
            return long.TryParse(row?[Row.Length..].Trim().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue;
        }
    }
}
