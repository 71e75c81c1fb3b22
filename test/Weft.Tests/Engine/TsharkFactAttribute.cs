using System.Diagnostics;

namespace Weft.Tests.Engine;

/// <summary>A test that needs tshark; skipped, with the reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TsharkFactAttribute : FactAttribute
{
    private static readonly bool IsThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "tshark")));

    public TsharkFactAttribute()
    {
        if (!IsThere)
        {
            Skip = "tshark is not installed (apt-get install tshark)";
        }
    }

    /// <summary>Output lines of tshark over a capture.</summary>
    public static string[] Read(string file, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("tshark", ["-n", "-r", file, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return lines;
    }
}
