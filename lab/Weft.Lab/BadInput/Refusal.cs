using System.Diagnostics;
using Weft.Cli.Demo;

namespace Weft.Lab.BadInput;

/// <summary>What a command that refuses says: three lines and an exit code.</summary>
/// <param name="Code">"W1002".</param>
internal sealed record Refusal(int Exit, string Code, string Message, string Why, string Try)
{
    private const int UsageExit = 2;
    private const int NotFoundExit = 127;

    /// <summary>Runs a command that must refuse, in exactly three lines.</summary>
    public static async Task<Refusal> OfAsync(WeftHome home, params string[] arguments) => Parse(await home.Weft.TryAsync(arguments));

    public static Refusal Parse(GuestResult result)
    {
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.True(lines.Length == 3 && lines[0].StartsWith("error W", StringComparison.Ordinal) && lines[1].StartsWith("why: ", StringComparison.Ordinal) &&
            lines[2].StartsWith("try: ", StringComparison.Ordinal), $"exit {result.Exit}, not three lines: {result.Output}");
        Assert.NotEqual(0, result.Exit);
        string[] head = lines[0]["error ".Length..].Split(": ", 2);
        return new Refusal(result.Exit, head[0], head[1], lines[1]["why: ".Length..], lines[2]["try: ".Length..]);
    }

    /// <summary>Runs the line that it says to try, by a shell whose editor saves at once. It may refuse too; it must be a command.</summary>
    public async Task<GuestResult> TryItAsync(WeftHome home)
    {
        string elsewhere = home.Folder.File("elsewhere");
        string line = Try.Replace("WEFT_HOME=/tmp/weft ", $"WEFT_HOME={elsewhere} ", StringComparison.Ordinal);
        ProcessStartInfo start = new("sh", ["-c", $"exec 2>&1; {line}"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = home.Folder.Path,
        };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["EDITOR"] = "true";
        start.Environment["WEFT_HOME"] = home.Home;
        using Process process = Process.Start(start)!;
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.False(process.ExitCode is NotFoundExit || (process.ExitCode == UsageExit && said.Contains("W3001")), $"try: {line}\n{said}");
        if (Directory.Exists(elsewhere))
        {
            await new WeftCommand(elsewhere).RunAsync("down");
        }
        return new GuestResult(process.ExitCode, said);
    }
}
