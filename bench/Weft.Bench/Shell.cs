using System.Diagnostics;

namespace Weft.Bench;

/// <summary>Runs commands; what a bench starts ends with it.</summary>
internal static class Shell
{
    /// <summary>Output of a command line; throws with its error output when it fails.</summary>
    public static string Run(string line, bool mayFail = false)
    {
        if (!mayFail)
        {
            Interrupt.Check();
        }
        using Process process = Start(line, quiet: false);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0 && !mayFail)
        {
            throw new InvalidOperationException($"{line}\n{output}{error.Result}");
        }
        return output;
    }

    /// <summary>
    /// Starts a command in the background; <see cref="Stop"/> ends it and its children. .NET ignores SIGPIPE and its children
    /// inherit that, which a shell cannot undo and pasta of Debian 12 takes for a failure: so <c>env</c> sets it back.
    /// </summary>
    public static Process Start(string line, bool quiet = true)
    {
        ProcessStartInfo info = new("/usr/bin/env", ["--default-signal=PIPE", "setsid", "--wait", "/bin/bash", "-c", line])
        {
            RedirectStandardOutput = !quiet,
            RedirectStandardError = !quiet,
            RedirectStandardInput = true,
        };
        if (quiet)
        {
            info.ArgumentList[^1] = $"exec >/dev/null 2>&1; {line}";
        }
        Process process = Process.Start(info)!;
        process.StandardInput.Close();
        return process;
    }

    public static void Stop(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        process.Dispose();
    }

    public static void WaitFor(Func<bool> condition, string what)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!condition())
        {
            Interrupt.Check();
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException($"waited 20 s for {what}");
            }
            Thread.Sleep(50);
        }
    }
}
