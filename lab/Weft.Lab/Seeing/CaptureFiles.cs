using System.Diagnostics;

namespace Weft.Lab.Seeing;

/// <summary>Captures as tshark reads them.</summary>
internal static class CaptureFiles
{
    private const char Between = '|';

    public static Task BeginsAsync(string file, WeftHome home) =>
        Eventually.Async(() => File.Exists(file) && new FileInfo(file).Length > 0, $"a capture in {file}. {home.Logs()}");

    /// <summary>One row of fields for each frame that <paramref name="filter"/> (a display filter) keeps.</summary>
    public static async Task<string[][]> ReadAsync(string file, string filter, params string[] fields)
    {
        using Process tshark = Process.Start(new ProcessStartInfo("tshark",
            ["-n", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-r", file, "-Y", filter, "-T", "fields", "-E", $"separator={Between}", .. fields.SelectMany(f => (string[])["-e", f])])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = tshark.StandardError.ReadToEndAsync();
        string[] lines = (await tshark.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await tshark.WaitForExitAsync();
        Assert.True(tshark.ExitCode == 0, await errors);
        return [.. lines.Select(line => line.Split(Between))];
    }
}
