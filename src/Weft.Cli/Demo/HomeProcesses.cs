using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Weft.Cli.Demo;

/// <summary>The processes that a home's Weft started, found by the WEFT_HOME in their environment.</summary>
internal static class HomeProcesses
{
    /// <summary>Waits until none is left; whoever stays longer than the grace is killed. True when nobody had to be.</summary>
    public static async Task<bool> EndAsync(string home, TimeSpan grace)
    {
        Stopwatch waiting = Stopwatch.StartNew();
        bool killed = false;
        for (int[] left; (left = Find(home)).Length > 0 && waiting.Elapsed < grace + TimeSpan.FromSeconds(3); await Task.Delay(20))
        {
            if (waiting.Elapsed > grace)
            {
                killed = true;
                Array.ForEach(left, Kill);
            }
        }

        return !killed;
    }

    /// <summary>All of them but the caller itself.</summary>
    public static int[] Find(string home)
    {
        byte[] mark = Encoding.UTF8.GetBytes($"WEFT_HOME={home}\0");
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), out int pid) ? pid : 0)
                .Where(pid => pid > 0 && pid != Environment.ProcessId && Read($"/proc/{pid}/environ").AsSpan().IndexOf(mark) >= 0),
        ];
    }

    /// <summary>Those of one role, which is the executable's first argument: daemon, keeper or worker.</summary>
    public static int[] Find(string home, string role) =>
        [.. Find(home).Where(pid => Read($"/proc/{pid}/cmdline").AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\0{role}\0")) >= 0)];

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // It ended in the meantime, or is another user's.
        }
    }

    private static void Kill(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself in the meantime.
        }
    }
}
