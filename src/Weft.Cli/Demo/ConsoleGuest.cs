using System.Diagnostics;

namespace Weft.Cli.Demo;

/// <summary>A guest that is processes in a session of their own (setsid), with the console of guest-init.sh on the first one's
/// standard streams. Ending it is ending the session (<see cref="ProcessSession"/>).</summary>
internal abstract class ConsoleGuest : IAsyncDisposable
{
    private bool _disposed;

    protected ConsoleGuest(string name, string folder, IEnumerable<string> command)
    {
        Name = name;
        Process = Process.Start(new ProcessStartInfo("setsid", command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        })!;
        ProcessId = Process.Id;
        Console = new GuestConsole(name, Process);
    }

    public string Name { get; }

    /// <summary>The leader of its session: every process of the guest is in that.</summary>
    public int ProcessId { get; }

    /// <summary>The first address that DHCP gave; fails when the guest ends before.</summary>
    public Task<GuestLease> Lease => Console.Lease;

    protected Process Process { get; }

    protected GuestConsole Console { get; }

    /// <summary>How long a command may take that says nothing else.</summary>
    protected abstract TimeSpan CommandLimit { get; }

    /// <summary>Runs a shell command in the guest; output is what it wrote to both streams. Commands may run side by side.</summary>
    public Task<GuestResult> RunAsync(string command, TimeSpan? limit = null, CancellationToken cancel = default) =>
        Console.RunAsync(command, limit ?? CommandLimit, cancel);

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await Console.DisposeAsync();
        await ProcessSession.EndAsync(ProcessId);
        await Process.WaitForExitAsync();
        Process.Dispose();
    }

    /// <summary>Waits until it takes commands; one that does not is ended.</summary>
    protected async Task AwaitBootAsync(TimeSpan limit, CancellationToken cancel = default)
    {
        try
        {
            await Console.Ready.WaitAsync(limit, cancel);
        }
        catch (Exception e)
        {
            string said = Console.Noise;
            await DisposeAsync();
            if (e is TimeoutException)
            {
                throw new TimeoutException($"{Name} did not boot in time; it said: {said}");
            }
            throw;
        }
    }
}
