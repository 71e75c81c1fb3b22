using System.Diagnostics;
using System.Text;

namespace Weft.Lab.Shells;

/// <summary>Somebody at a terminal: a shell on a pty (script(1)), keys in, all that the screen gets out.</summary>
internal sealed class Typist : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _script;
    private readonly StringBuilder _screen = new();
    private int _seen;

    /// <param name="shell">Command of the shell.</param>
    /// <param name="folder">Where it stands, which is its HOME too.</param>
    public Typist(string shell, string folder, string weftHome)
    {
        ProcessStartInfo start = new("script", ["-qfec", shell, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = folder;
        start.Environment["TERM"] = "dumb";
        start.Environment["WEFT_HOME"] = weftHome;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _script = Process.Start(start)!;
        _ = ReadAsync();
    }

    public async Task TypeAsync(string keys)
    {
        await _script.StandardInput.WriteAsync(keys);
        await _script.StandardInput.FlushAsync();
    }

    /// <summary>Waits until the screen has got this text, behind what was waited for before.</summary>
    public async Task SeeAsync(string text)
    {
        for (Stopwatch wait = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            lock (_screen)
            {
                string screen = _screen.ToString();
                int at = screen.IndexOf(text, _seen, StringComparison.Ordinal);
                if (at >= 0)
                {
                    _seen = at + text.Length;
                    return;
                }
                Assert.True(wait.Elapsed < Patience && !_script.HasExited, $"no '{text}' on the screen:\n{screen}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasExited)
        {
            await TypeAsync("\x15exit\n");
            using CancellationTokenSource late = new(TimeSpan.FromSeconds(5));
            try
            {
                await _script.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                _script.Kill(entireProcessTree: true);
            }
        }
        _script.Dispose();
    }

    private async Task ReadAsync()
    {
        char[] buffer = new char[4096];
        for (int count; (count = await _script.StandardOutput.ReadAsync(buffer)) > 0;)
        {
            lock (_screen)
            {
                _screen.Append(buffer, 0, count);
            }
        }
    }
}
