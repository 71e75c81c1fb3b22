using System.Diagnostics;
using Weft.Tests.Daemon;

namespace Weft.Tests.Cli.Tries;

/// <summary>A weftd, a folder to type in, and a shell whose editor mends lab.weft.yml. Both folders have names that a shell would take
/// apart.</summary>
internal sealed class TryStage : IDisposable
{
    /// <summary>What the editor makes of the file.</summary>
    public const string Good = "networks: { lab: { mode: nat-network, subnet: 10.77.0.0/24, force: true }, quiet: internal }\n" +
        "vms: { alpha: [lab], beta: [lab], secret: [quiet] }\nforwards: [8080:alpha:80]\n";

    private const string Editor = "#!/bin/sh\nfor file; do :; done\ncp ./good \"$file\"\n";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _before = Environment.CurrentDirectory;

    public TryStage()
    {
        Folder = Directory.CreateTempSubdirectory("weft's folder ").FullName;
        File.WriteAllText($"{Folder}/good", Good);
        File.WriteAllText($"{Folder}/editor", Editor);
        File.SetUnixFileMode($"{Folder}/editor", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.CurrentDirectory = Folder;
    }

    public TestDaemon Daemon { get; } = new(name: "weft's ");

    public string Folder { get; }

    /// <summary>What goes on meanwhile, and ends before the way out is taken.</summary>
    public Task Under { get; set; } = Task.CompletedTask;

    public void Write(string text, string name = "lab.weft.yml") => File.WriteAllText($"{Folder}/{name}", text);

    /// <summary>The command, by this process.</summary>
    public (int Code, string Output, string Error) Weft(string line) => CommandLine.Run(["--home", Daemon.Home.Path, .. TranscriptText.Words($"$ weft {line}")]);

    /// <summary>A line as it is copied to a shell.</summary>
    public (int Code, string Said) Shell(string line)
    {
        ProcessStartInfo start = new("sh", ["-c", $"exec 2>&1; {line}"]) { RedirectStandardOutput = true, WorkingDirectory = Folder };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["EDITOR"] = "./editor";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["WEFT_HOME"] = "/proc/none"; // nothing starts in the home of whoever runs the tests
        using Process shell = Process.Start(start)!;
        Task<string> said = shell.StandardOutput.ReadToEndAsync();
        Assert.True(said.Wait(Limit), $"{line}: has not ended");
        shell.WaitForExit();
        return (shell.ExitCode, said.Result);
    }

    public void AwaitOthers() => Assert.True(Under.Wait(Limit));

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        Daemon.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
