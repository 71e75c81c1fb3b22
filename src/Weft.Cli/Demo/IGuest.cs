namespace Weft.Cli.Demo;

/// <summary>A guest that takes commands over a console, whatever runs it.</summary>
internal interface IGuest : IAsyncDisposable
{
    string Name { get; }

    /// <summary>The leader of its session: every process of the guest is in that.</summary>
    int ProcessId { get; }

    /// <summary>The first address that DHCP gave; fails when the guest ends before.</summary>
    Task<GuestLease> Lease { get; }

    /// <summary>Runs a shell command in the guest; output is what it wrote to both streams. Commands may run side by side.</summary>
    Task<GuestResult> RunAsync(string command, TimeSpan? limit = null, CancellationToken cancel = default);
}
