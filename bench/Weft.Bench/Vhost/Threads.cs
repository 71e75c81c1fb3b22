using System.Globalization;

namespace Weft.Bench.Vhost;

/// <summary>Finds one thread among those of a process.</summary>
internal static class Threads
{
    public static int Named(int pid, string start) =>
        All(pid).First(thread => File.ReadAllText($"/proc/{pid}/task/{thread}/comm").StartsWith(start, StringComparison.Ordinal));

    /// <summary>The one that ran most during a fifth of a second.</summary>
    public static int Busiest(int pid)
    {
        Dictionary<int, long> before = All(pid).ToDictionary(thread => thread, thread => Nanoseconds(pid, thread));
        Thread.Sleep(200);
        return before.Keys.MaxBy(thread => Nanoseconds(pid, thread) - before[thread]);
    }

    private static IEnumerable<int> All(int pid) =>
        Directory.GetDirectories($"/proc/{pid}/task").Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));

    private static long Nanoseconds(int pid, int thread)
    {
        string file = $"/proc/{pid}/task/{thread}/schedstat";
        return File.Exists(file) ? long.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture) : 0;
    }
}
