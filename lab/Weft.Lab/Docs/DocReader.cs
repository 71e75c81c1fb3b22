using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Weft.Lab.Docs;

/// <summary>Does what a page says, in one shell in an empty folder, with a home of its own.</summary>
internal sealed partial class DocReader(WeftHome home)
{
    private const string EndOfFile = "@@ end of file";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public async Task FollowAsync(DocPage page)
    {
        string here = Directory.CreateDirectory(home.Folder.File("page")).FullName;
        File.CreateSymbolicLink(Path.Combine(here, "weft"), Path.Combine(AppContext.BaseDirectory, "weft"));
        string script = Path.Combine(here, ".script");
        await File.WriteAllTextAsync(script, Script(page));
        string said = await ShellAsync(here, script);
        for (int number = 0; number < page.Steps.Count; number++)
        {
            if (page.Steps[number] is DocStep.Run run)
            {
                Check(page, run, said, number);
            }
        }
    }

    private static string Script(DocPage page)
    {
        StringBuilder script = new("exec 2>&1 </dev/null\n");
        for (int number = 0; number < page.Steps.Count; number++)
        {
            script.Append(page.Steps[number] switch
            {
                DocStep.WriteFile file => $"cat >{file.Name} <<'{EndOfFile}'\n{file.Text}{EndOfFile}\n",
                DocStep.Run run => $"echo @@{number}\n{run.Line}\necho @@{number} $?\n",
                _ => throw new UnreachableException(),
            });
        }
        return script.ToString();
    }

    private static void Check(DocPage page, DocStep.Run run, string said, int number)
    {
        Match part = Regex.Match(said, $@"^@@{number}\n(?<said>.*?)^?@@{number} (?<exit>\d+)$", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(part.Success, $"{page.Name}: {run.Line}\nwas not reached or has not ended:\n{said}");
        string answer = part.Groups["said"].Value;
        int exit = int.Parse(part.Groups["exit"].ValueSpan, CultureInfo.InvariantCulture);
        Assert.True(run.Exits.Contains(exit), $"{page.Name}: {run.Line}\nexits {exit}:\n{answer}");
        string[] lines = answer.Split('\n');
        int from = 0;
        foreach (string expected in run.Answers)
        {
            int found = Array.FindIndex(lines, from, line => IsLike(line, expected));
            Assert.True(found >= 0, $"{page.Name}: {run.Line}\nhas no line '{expected}' (behind the ones before it):\n{answer}");
            from = found + 1;
        }
    }

    /// <summary>Runs of blanks are alike: columns move with what stands in them.</summary>
    private static bool IsLike(string line, string expected) => Regex.IsMatch(Blanks().Replace(line.TrimEnd(), " "),
        $"^{Regex.Escape(Blanks().Replace(expected.TrimEnd(), " ")).Replace("…", ".*")}$");

    private async Task<string> ShellAsync(string folder, string script)
    {
        ProcessStartInfo start = new("bash", [script])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        start.Environment["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["WEFT_HOME"] = home.Home;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using Process bash = Process.Start(start)!;
        Task<string> said = bash.StandardOutput.ReadToEndAsync();
        using CancellationTokenSource late = new(Limit);
        try
        {
            await bash.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            bash.Kill(entireProcessTree: true);
        }
        return await said;
    }

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Blanks();
}
