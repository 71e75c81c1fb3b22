using System.Diagnostics;
using System.Globalization;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Cli.Client;

/// <summary>
/// Starts weftd so that it outlives this command: a session of its own, nothing of our terminal or pipes. A shell does it,
/// since .NET's Process can do neither; it prints the process id, by which we see when the daemon gave up at once.
/// </summary>
internal static class DaemonStarter
{
    private const string Script = "umask 077 && cd / && { setsid \"$@\" </dev/null >>\"$0\" 2>&1 & echo $!; }";
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="awaitUp">It shall not start what is stored, because an <c>up</c> follows.</param>
    public static void Start(HomeFolder home, bool awaitUp)
    {
        long logEnd = PrepareLog(home);
        int pid = Spawn(home, awaitUp);
        Stopwatch clock = Stopwatch.StartNew();
        while (!ApiClient.Answers(home))
        {
            if (!ProcessTable.Runs(pid))
            {
                throw GaveUp(home, logEnd);
            }
            if (clock.Elapsed > Limit)
            {
                throw new CommandException(new WeftError(ErrorCode.DaemonSilent, "weftd was started and does not answer",
                    $"it had {Limit.TotalSeconds:0} s; its log is {home.Log}", $"tail {ShellWord.Of(home.Log)} && weft status"), ExitCode.Failed);
            }
            Thread.Sleep(5);
        }
    }

    private static long PrepareLog(HomeFolder home)
    {
        try
        {
            Directory.CreateDirectory(home.Path, OwnerFolder);
            Directory.CreateDirectory(home.Run, OwnerFolder);
            return File.Exists(home.Log) ? new FileInfo(home.Log).Length : 0;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(new WeftError(ErrorCode.HomeUnusable, $"the home {home.Path} cannot be used",
                problem.Message, "WEFT_HOME=/tmp/weft weft up"), problem is UnauthorizedAccessException ? ExitCode.Permission
                    : ExitCode.Failed);
        }
    }

    private static int Spawn(HomeFolder home, bool awaitUp)
    {
        ProcessStartInfo start = new("/bin/sh") { RedirectStandardOutput = true, UseShellExecute = false };
        string[] own = OwnProgram();
        string[] words = ["-c", Script, home.Log, .. own, "daemon", "--home", home.Path, .. awaitUp ? ["--await-up"]
            : Array.Empty<string>()];
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }
        // The runtime's diagnostic sockets lie in /tmp and stay there after a kill -9; keeper and worker inherit this.
        start.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        start.Environment["WEFT_HOME"] = home.Path;
        using Process shell = Process.Start(start)!;
        string pid = shell.StandardOutput.ReadToEnd().Trim();
        shell.WaitForExit();
        return int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new CommandException(new WeftError(ErrorCode.DaemonFailed, "weftd cannot be started",
                $"the log {home.Log} cannot be written, or 'setsid' is missing", $"df -h {ShellWord.Of(home.Run)} && weft up"), ExitCode.Failed);
    }

    /// <summary>This program again: the executable, or dotnet with our library.</summary>
    private static string[] OwnProgram()
    {
        string self = Environment.ProcessPath ?? "/proc/self/exe";
        return Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, Path.Combine(AppContext.BaseDirectory, "weft.dll")] : [self];
    }

    /// <summary>Its own three lines from the log, when it wrote them. A full disk takes no log.</summary>
    private static CommandException GaveUp(HomeFolder home, long logEnd)
    {
        if (HomeRoom.Fault(home) is { } full)
        {
            return new CommandException(full, ExitCode.Failed);
        }
        string[] lines = ReadFrom(home.Log, logEnd).Split('\n');
        int at = Array.FindIndex(lines, l => l.StartsWith("error W", StringComparison.Ordinal));
        if (at < 0 || at + 2 >= lines.Length || lines[at].Split(": ", 2) is not [var head, var message])
        {
            return new CommandException(new WeftError(ErrorCode.DaemonFailed, "weftd ended right after its start",
                $"its log {home.Log} says why", $"tail {ShellWord.Of(home.Log)} && weft up"), ExitCode.Failed);
        }
        string code = head["error ".Length..];
        WeftError error = new(code, message, After(lines[at + 1], "why: "), After(lines[at + 2], "try: "));
        return new CommandException(error, code == ErrorCode.SecondDaemon ? ExitCode.Conflict : ExitCode.Failed);
    }

    private static string After(string line, string start) => line.StartsWith(start, StringComparison.Ordinal) ? line[start.Length..]
        : line;

    private static string ReadFrom(string path, long offset)
    {
        try
        {
            using FileStream log = File.OpenRead(path);
            log.Seek(offset, SeekOrigin.Begin);
            using StreamReader reader = new(log);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
