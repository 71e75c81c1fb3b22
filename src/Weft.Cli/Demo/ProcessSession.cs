using System.ComponentModel;
using System.Diagnostics;

namespace Weft.Cli.Demo;

/// <summary>All processes of one session, by the kernel's own list: what is left of a guest, or of a command and its children.</summary>
internal static class ProcessSession
{
    /// <summary>Kills every process of the session and waits until none runs. Zombies do not count: they hold nothing.</summary>
    public static async Task EndAsync(int session)
    {
        for (int attempt = 0; attempt < 400; attempt++)
        {
            int[] members = Members(session);
            if (members.Length == 0)
            {
                return;
            }

            foreach (int pid in members)
            {
                Kill(pid);
            }

            await Task.Delay(5);
        }
    }

    /// <summary>The running processes of a session, its leader first.</summary>
    public static int[] Members(int session) =>
        [.. Stats().Where(p => p.Session == session && p.State is not ('Z' or 'X')).Select(p => p.Pid).Order()];

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

    private static IEnumerable<(int Pid, char State, int Session)> Stats()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int pid) && TryRead(Path.Combine(folder, "stat")) is { } stat)
            {
                // pid (name) state parent group session …; the name may hold anything, so count from its last bracket.
                string[] words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                yield return (pid, words[0][0], int.Parse(words[3]));
            }
        }
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
