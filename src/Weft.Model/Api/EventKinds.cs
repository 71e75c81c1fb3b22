namespace Weft.Model.Api;

/// <summary>The kinds of events. A word keeps its meaning for ever.</summary>
public static class EventKinds
{
    public const string Change = "change";
    public const string NicConnected = "nic-connected";
    public const string NicDisconnected = "nic-disconnected";
    public const string Lease = "lease";
    public const string LeaseEnded = "lease-ended";
    public const string WorkerRestarted = "worker-restarted";
    public const string ProblemAppeared = "problem";
    public const string ProblemCleared = "problem-cleared";
    public const string ForwardAdded = "forward-added";
    public const string ForwardRemoved = "forward-removed";
    public const string CaptureStarted = "capture-started";
    public const string CaptureEnded = "capture-ended";

    /// <summary>The reader was too slow: <see cref="EventDocument.Lost"/> events are missing here.</summary>
    public const string Lost = "lost";
}
