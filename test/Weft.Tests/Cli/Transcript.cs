using System.Text;
using Weft.Engine;
using Weft.Model.Errors;
using Weft.Tests.Daemon;
using Weft.Tests.Model;

namespace Weft.Tests.Cli;

/// <summary>
/// A transcript (<see cref="TranscriptText"/>) typed again, in this process and in a folder of its own.
/// Run with WEFT_TRANSCRIPTS=write to write what is printed now.
/// </summary>
internal sealed class Transcript(TestDaemon daemon, IReadOnlyDictionary<string, Action<TestDaemon>> happenings)
{
    public const string Folder = "test/Weft.Tests/Cli/transcripts";

    private static readonly Explanation[] Reasons = [.. DropReasons.All.Select(r => new Explanation(r.Name, r.Text, r.Cause, r.Try))];

    public void Check(string name)
    {
        string path = Repository.PathOf($"{Folder}/{name}.txt");
        Compare(path, File.ReadAllText(path), Replay);
    }

    /// <summary>What a text should be; it is written anew when that is asked for.</summary>
    public static void Compare(string path, string expected, Func<string, string> actualOf)
    {
        string actual = actualOf(expected);
        if (Environment.GetEnvironmentVariable("WEFT_TRANSCRIPTS") == "write")
        {
            File.WriteAllText(path, actual);
        }
        Assert.Equal(expected, actual);
    }

    private string Replay(string text)
    {
        string before = Environment.CurrentDirectory;
        string folder = Directory.CreateTempSubdirectory("weft-typed-").FullName;
        Environment.CurrentDirectory = folder;
        try
        {
            return string.Concat(TranscriptText.Steps(text).Select(step => $"{step}\n{Take(step, folder)}"));
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Take(string step, string folder)
    {
        if (step.StartsWith(TranscriptText.Remark, StringComparison.Ordinal))
        {
            happenings.GetValueOrDefault(step[TranscriptText.Remark.Length..])?.Invoke(daemon);
            return "";
        }
        if (step.StartsWith(TranscriptText.File, StringComparison.Ordinal))
        {
            TranscriptText.WriteFile(step, folder);
            return "";
        }
        (int code, string output, string error) = Run(["--home", daemon.Home.Path, .. TranscriptText.Words(step)]);
        CheckTryLine(error);
        return TranscriptText.Still(TranscriptText.Cut(step, output) + error, daemon.Home.Path, folder) + (code == 0 ? "" : $"[{code}]\n");
    }

    private static (int Code, string Output, string Error) Run(string[] words)
    {
        StringBuilder ran = new();
        (int code, string output, string error) = CommandLine.Run((path, arguments) =>
        {
            ran.Append($"(runs {string.Join(' ', arguments)})\n");
            return 0;
        }, Reasons, words);
        // What takes the place of weft says the rest.
        return ran.Length == 0 ? (code, output, error) : (0, $"{output}{ran}", string.Concat(error.Split('\n').TakeWhile(l => l.StartsWith('#')).Select(l => l + "\n")));
    }

    private static void CheckTryLine(string error)
    {
        if (error.StartsWith("error ", StringComparison.Ordinal))
        {
            string[] lines = error.Split('\n');
            Assert.Equal(0, lines.Length % 2);
            Assert.StartsWith("try: ", lines[^2]);
            TryLine.Check(lines[^2]["try: ".Length..]);
        }
    }
}
