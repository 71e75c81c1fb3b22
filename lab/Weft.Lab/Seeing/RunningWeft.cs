using System.Diagnostics;

namespace Weft.Lab.Seeing;

/// <summary>A weft command that runs until it is told to end, as in somebody's terminal.</summary>
internal sealed class RunningWeft : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    public RunningWeft(WeftHome home, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "weft"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WEFT_HOME"] = home.Home;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Ctrl-C; what it said on standard error, once it has ended.</summary>
    public async Task<string> InterruptAsync()
    {
        using Process kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        return await EndAsync();
    }

    /// <summary>What it said on standard error, once it has ended well by itself.</summary>
    public async Task<string> EndAsync()
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(15));
        await _process.WaitForExitAsync(late.Token);
        string errors = await _errors;
        Assert.True(_process.ExitCode == 0, errors);
        return errors;
    }

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
