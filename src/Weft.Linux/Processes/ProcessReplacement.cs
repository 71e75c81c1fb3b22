namespace Weft.Linux.Processes;

/// <summary>
/// Becomes another program (execve(2)): same process id, terminal, standard streams and environment. What .NET has changed
/// of a process is put back: it ignores SIGPIPE, which an exec keeps, and it leaves the sockets of its diagnostics in the
/// temp folder unless it ends in order. Its descriptors are all closed on exec, its other signals have handlers.
/// </summary>
public static unsafe class ProcessReplacement
{
    private const int SignalPipe = 13;

    /// <summary>Does not return, but when it is refused: then a negated errno.</summary>
    /// <param name="arguments">The program's name first.</param>
    public static int Run(string path, IReadOnlyList<string> arguments)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        foreach (string kind in (string[])["dotnet-diagnostic", "clr-debug-pipe"])
        {
            foreach (string left in Directory.GetFiles(Path.GetTempPath(), $"{kind}-{Environment.ProcessId}-*"))
            {
                File.Delete(left);
            }
        }
        byte** words = ProcessSpawn.Strings(arguments);
        nint pipe = Libc.signal(SignalPipe, 0);
        int result;
        fixed (byte* at = PathBytes.From(path))
        {
            result = Seam.Result(Libc.execv(at, words));
        }
        _ = Libc.signal(SignalPipe, pipe);
        ProcessSpawn.FreeStrings(words);
        return result;
    }
}
