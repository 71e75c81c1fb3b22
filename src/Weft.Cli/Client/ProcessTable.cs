namespace Weft.Cli.Client;

/// <summary>Whether a process runs, from /proc (proc(5)).</summary>
internal static class ProcessTable
{
    /// <summary>False once it has ended, even while nobody has taken its exit code (a zombie).</summary>
    public static bool Runs(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name stands in parentheses and may hold some itself; the state follows the last one.
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
