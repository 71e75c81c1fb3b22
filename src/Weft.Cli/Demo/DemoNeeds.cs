using System.Diagnostics;

namespace Weft.Cli.Demo;

/// <summary>The programs that the demo runs beside Weft. As root it installs what is missing, otherwise it names the command.</summary>
internal static class DemoNeeds
{
    private static readonly (string Program, string Package)[] Programs =
        [("linux.uml", "user-mode-linux"), ("busybox", "busybox"), ("setsid", "util-linux")];

    /// <summary>Null when everything is there; otherwise the three lines that say what is not.</summary>
    public static async Task<string?> EnsureAsync(DemoScreen screen)
    {
        string packages = Missing();
        if (packages.Length == 0)
        {
            return null;
        }

        string install = $"apt-get install -y --no-install-recommends {packages}";
        if (Environment.UserName == "root" && Finds("apt-get"))
        {
            await screen.ShowAsync($"what the guests are made of is installed", async () =>
                await ShellAsync(install) is "" || await ShellAsync($"apt-get update && {install}") is var said && said is ""
                    ? packages : throw new DemoFailure(said));
            packages = Missing();
        }

        return packages.Length == 0 ? null
            : $"weft: the demo cannot run\n  why: its guests need {packages}\n  try: sudo {install}";
    }

    private static string Missing() =>
        string.Join(' ', Programs.Where(p => !Finds(p.Program)).Select(p => p.Package));

    private static bool Finds(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Empty when the line succeeds, otherwise the last of what it said.</summary>
    private static async Task<string> ShellAsync(string line)
    {
        ProcessStartInfo start = new("sh", ["-c", $"exec 2>&1; export DEBIAN_FRONTEND=noninteractive; {line}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? "" : string.Join('\n', said.Trim().Split('\n').TakeLast(3));
    }
}
