using System.Diagnostics;
using Weft.Cli.Demo;

namespace Weft.Lab.Scenes;

/// <summary>The README's first command, as whoever runs the tests and, when that is root, as an ordinary user too.</summary>
public sealed class DemoScene : IDisposable
{
    private const string Nobody = "65534";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Scene(Needs.Uml)]
    public Task The_demo_shows_everything_in_a_minute_and_leaves_nothing() =>
        Demo_leaves_nothing(AppContext.BaseDirectory, []);

    [Scene(Needs.Uml | Needs.Root)]
    public async Task An_ordinary_user_sees_the_same_demo()
    {
        // The tree that was built may lie where only root can read.
        string copy = _folder.File("weft");
        await Shell($"chmod 755 {_folder.Path} && mkdir {copy} && cp -r {AppContext.BaseDirectory}/. {copy} && chmod -R a+rX {copy}");
        await Demo_leaves_nothing(copy, ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--"]);
    }

    private async Task Demo_leaves_nothing(string build, string[] runner)
    {
        string temp = _folder.File("tmp");
        Directory.CreateDirectory(temp);
        await Shell($"chmod 1777 {temp}; chmod 755 {_folder.Path}");
        string[] line = [.. runner, Path.Combine(build, "weft"), "demo", "--once"];
        ProcessStartInfo start = new(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["TMPDIR"], start.Environment["HOME"]) = (temp, temp);

        Stopwatch time = Stopwatch.StartNew();
        using Process demo = Process.Start(start)!;
        Task<string> errors = demo.StandardError.ReadToEndAsync();
        string said = await demo.StandardOutput.ReadToEndAsync() + await errors;
        await demo.WaitForExitAsync();

        Assert.True(demo.ExitCode == 0, said);
        Assert.DoesNotContain("FAILED", said);
        Assert.DoesNotContain("\e", said);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(60), $"took {time.Elapsed.TotalSeconds:0} s\n{said}");
        Assert.Empty(Directory.EnumerateFileSystemEntries(temp));
        Assert.Empty(WithInArguments(temp));
    }

    private static IEnumerable<int> WithInArguments(string text) =>
        from folder in Directory.EnumerateDirectories("/proc")
        let pid = int.TryParse(Path.GetFileName(folder), out int id) ? id : 0
        where pid != 0 && Arguments(pid).Contains(text)
        select pid;

    private static string Arguments(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline") + File.ReadAllText($"/proc/{pid}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task Shell(string line)
    {
        using Process process = Process.Start("sh", ["-c", line]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
