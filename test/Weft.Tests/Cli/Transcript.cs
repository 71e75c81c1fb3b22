using System.Text;
using System.Text.RegularExpressions;
using Weft.Tests.Daemon;
using Weft.Tests.Model;

namespace Weft.Tests.Cli;

/// <summary>
/// A file of commands with what each of them prints, on standard output and then on standard error, and its exit code in
/// brackets when that is not 0. The home stands there as HOME. Run with WEFT_TRANSCRIPTS=write to write what is printed now.
/// </summary>
internal static partial class Transcript
{
    private const string Prompt = "$ weft";

    public static void Check(string name, TestDaemon daemon)
    {
        string path = Repository.PathOf($"test/Weft.Tests/Cli/transcripts/{name}.txt");
        string expected = File.ReadAllText(path);
        string actual = Replay(expected, daemon);
        if (Environment.GetEnvironmentVariable("WEFT_TRANSCRIPTS") == "write")
        {
            File.WriteAllText(path, actual);
        }
        Assert.Equal(expected, actual);
    }

    private static string Replay(string text, TestDaemon daemon)
    {
        StringBuilder replayed = new();
        foreach (string line in text.Split('\n').Where(l => l.StartsWith(Prompt, StringComparison.Ordinal) || l.StartsWith('#')))
        {
            replayed.Append(line).Append('\n');
            if (line.StartsWith('#'))
            {
                continue;
            }
            string[] words = [.. Word().Matches(line[Prompt.Length..]).Select(m => m.Value.Replace("'", ""))];
            (int code, string output, string error) = CommandLine.Run([.. words, "--home", daemon.Home.Path]);
            CheckTryLine(error);
            replayed.Append((output + error).Replace(daemon.Home.Path, "HOME")).Append(code == 0 ? "" : $"[{code}]\n");
        }
        return replayed.ToString();
    }

    private static void CheckTryLine(string error)
    {
        if (error.Length > 0)
        {
            string[] lines = error.Split('\n');
            Assert.Equal(4, lines.Length);
            TryLine.Check(lines[2]["try: ".Length..]);
        }
    }

    [GeneratedRegex("(?:'[^']*'|[^ '])+")]
    private static partial Regex Word();
}
