using System.Diagnostics;
using Weft.Cli.Demo;

namespace Weft.Lab.Services;

/// <summary>A command of the host.</summary>
internal static class Shell
{
    public static async Task<GuestResult> RunAsync(params string[] line)
    {
        using Process process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return new GuestResult(process.ExitCode, output);
    }
}
