using System.Diagnostics;
using Weft.Lab.Guests;

namespace Weft.Lab.Load;

/// <summary>A <see cref="LoadTool"/> that runs in a namespace until it is disposed.</summary>
internal sealed class LoadProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Process _process;

    private LoadProcess(Process process) => _process = process;

    public static LoadProcess Start(NamespaceGuest guest, string arguments) => new(Process.Start(
        new ProcessStartInfo("ip", ["netns", "exec", guest.Reference, "dotnet", Path.Combine(AppContext.BaseDirectory, "Weft.Lab.dll"), "load", .. arguments.Split(' ')])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

    /// <summary>Starts one that serves, and returns when it does.</summary>
    public static async Task<LoadProcess> ServeAsync(NamespaceGuest guest, string arguments)
    {
        LoadProcess server = Start(guest, $"serve {arguments}");
        Assert.Equal("serving", await server.SaysAsync());
        return server;
    }

    /// <summary>The next line that it prints.</summary>
    public async Task<string?> SaysAsync()
    {
        using CancellationTokenSource late = new(Limit);
        return await _process.StandardOutput.ReadLineAsync(late.Token);
    }

    /// <summary>What it prints next, after a line that asks for it.</summary>
    public async Task<string?> AskAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        return await SaysAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }
}
