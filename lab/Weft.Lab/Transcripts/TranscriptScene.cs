using System.Diagnostics;
using System.Text;
using Weft.Tests.Cli;
using Weft.Tests.Model;

namespace Weft.Lab.Transcripts;

/// <summary>Golden: what needs processes of its own, typed and read. Run with WEFT_TRANSCRIPTS=write to write what is printed now.</summary>
public sealed class TranscriptScene
{
    [Scene]
    public async Task A_day_from_nothing_to_nothing() => await CheckAsync("day");

    private static async Task CheckAsync(string name)
    {
        string path = Repository.PathOf($"lab/Weft.Lab/Transcripts/{name}.txt");
        string expected = await File.ReadAllTextAsync(path);
        await using WeftHome home = new();
        string folder = Directory.CreateDirectory(home.Folder.File("typed")).FullName;
        StringBuilder actual = new();
        foreach (string step in TranscriptText.Steps(expected))
        {
            actual.Append(step).Append('\n').Append(await TakeAsync(step, home.Home, folder));
        }
        if (Environment.GetEnvironmentVariable("WEFT_TRANSCRIPTS") == "write")
        {
            await File.WriteAllTextAsync(path, actual.ToString());
        }
        Assert.Equal(expected, actual.ToString());
    }

    private static async Task<string> TakeAsync(string step, string home, string folder)
    {
        if (step.StartsWith(TranscriptText.Remark, StringComparison.Ordinal))
        {
            return "";
        }
        if (step.StartsWith(TranscriptText.File, StringComparison.Ordinal))
        {
            TranscriptText.WriteFile(step, folder);
            return "";
        }
        ProcessStartInfo start = new("bash", ["-c", step["$ ".Length..]]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["WEFT_HOME"] = home;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using Process bash = Process.Start(start)!;
        Task<string> errors = bash.StandardError.ReadToEndAsync();
        string output = await bash.StandardOutput.ReadToEndAsync() + await errors;
        await bash.WaitForExitAsync();
        return TranscriptText.Still(output, home, folder) + (bash.ExitCode == 0 ? "" : $"[{bash.ExitCode}]\n");
    }
}
