using Weft.Daemon.Captures;
using Weft.Daemon.Control;
using Weft.Daemon.Events;
using Weft.Daemon.Metrics;
using Weft.Daemon.Names;
using Weft.Daemon.Status;

namespace Weft.Daemon.Api;

/// <summary>What shows the outside how things are: events, captures, metrics.</summary>
internal sealed class Seeing
{
    private readonly EventWatch _watch;
    private readonly CancellationTokenSource _end = new();
    private Task _watching = Task.CompletedTask;

    public Seeing(DaemonParts parts, Steward steward, StatusReader status, HostNames names)
    {
        Events = new EventLog(parts.Time);
        Captures = new CaptureDesk(steward, Events);
        Metrics = new MetricsReader(steward, Captures, names);
        _watch = new EventWatch(steward, status, Events, parts.Time);
        steward.Changed = _watch.Changed;
    }

    public EventLog Events { get; }

    public CaptureDesk Captures { get; }

    public MetricsReader Metrics { get; }

    public void Start() => _watching = _watch.RunAsync(_end.Token);

    public async Task StopAsync()
    {
        Captures.StopAll("weftd ends");
        await _end.CancelAsync();
        await _watching;
    }
}
