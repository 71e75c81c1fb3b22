using System.Diagnostics;
using System.Text.Json;
using Weft.Model.Api;

namespace Weft.Cli.Demo;

/// <summary>Runs this same executable as a user would, in a home of its own.</summary>
/// <param name="runner">Command and arguments in front of it, such as those of setpriv; empty for none.</param>
internal sealed class WeftCommand(string home, params string[] runner)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public string Home => home;

    /// <summary>Exit code and everything that was written, errors last. A command that hangs is killed and says so.</summary>
    public async Task<GuestResult> TryAsync(params string[] arguments)
    {
        using Process process = Process.Start(StartInfo(arguments, redirect: true))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource late = new(Limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
            return new GuestResult(process.ExitCode, await output.WaitAsync(late.Token) + await errors.WaitAsync(late.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return new GuestResult(-1, $"weft {string.Join(' ', arguments)} has not ended after {Limit.TotalSeconds:0} s");
        }
    }

    /// <summary>The output of a command that must succeed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        GuestResult result = await TryAsync(arguments);
        return result.Ok ? result.Output : throw new DemoFailure($"weft {string.Join(' ', arguments)} exits {result.Exit}: {result.Text}");
    }

    public async Task<StatusDocument> StatusAsync()
    {
        GuestResult result = await TryAsync("status", "-o", "json");
        int start = result.Output.IndexOf('{');
        try
        {
            return start < 0 ? throw new DemoFailure($"weft status exits {result.Exit}: {result.Text}")
                : JsonSerializer.Deserialize(result.Output.AsSpan(start), ApiJson.Default.StatusDocument)!;
        }
        catch (JsonException e)
        {
            throw new DemoFailure($"weft status -o json is no status: {e.Message}");
        }
    }

    /// <summary>The kernel arguments that attach a User-Mode Linux guest, one for each NIC.</summary>
    public async Task<string[]> UmlNicsAsync(string vm)
    {
        string output = await RunAsync("vm", "args", vm, "--for", "uml");
        string[] nics = [.. output.Split('\n', StringSplitOptions.TrimEntries)
            .Where(l => l.StartsWith("vec", StringComparison.Ordinal) || l.StartsWith("virtio_uml.", StringComparison.Ordinal))];
        return nics.Length > 0 ? nics : throw new DemoFailure($"weft vm args {vm} names no NIC: {output}");
    }

    /// <summary>Runs a command on the caller's own terminal.</summary>
    public async Task<int> ShowAsync(params string[] arguments)
    {
        using Process process = Process.Start(StartInfo(arguments, redirect: false))!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>The words of a command line that runs a command, from any process.</summary>
    public string[] Line(params string[] arguments) => [.. runner, .. Self(), "--home", home, .. arguments];

    private ProcessStartInfo StartInfo(string[] arguments, bool redirect)
    {
        string[] line = [.. runner, .. Self(), .. arguments];
        ProcessStartInfo start = new(line[0], line[1..])
        {
            RedirectStandardOutput = redirect,
            RedirectStandardError = redirect,
        };
        start.Environment["WEFT_HOME"] = home;
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // a killed process would leave its debugger's pipes in the temp folder
        return start;
    }

    private static string[] Self()
    {
        string self = Environment.ProcessPath!;
        string apphost = Path.Combine(AppContext.BaseDirectory, "weft");
        return (Path.GetFileNameWithoutExtension(self) == "dotnet", File.Exists(apphost)) switch
        {
            (false, _) => [self],
            (true, true) => [apphost],
            (true, false) => [self, apphost + ".dll"],
        };
    }
}
