using Weft.Daemon.Control;
using Weft.Daemon.Events;
using Weft.Daemon.Workers;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Daemon.Captures;

/// <summary>All captures of this weftd: those that run, and the latest that have ended.</summary>
internal sealed class CaptureDesk(Steward steward, EventLog events)
{
    private const int Kept = 32;

    private readonly Lock _lock = new();
    private readonly List<RunningCapture> _captures = [];
    private int _lastId;

    public CaptureDocument[] All
    {
        get
        {
            lock (_lock)
            {
                return [.. _captures.Select(c => c.Document)];
            }
        }
    }

    /// <exception cref="WeftException">The request cannot be served.</exception>
    public RunningCapture Open(CaptureRequest request)
    {
        RunningCapture capture = new(Interlocked.Increment(ref _lastId), request, steward);
        try
        {
            capture.Open();
        }
        catch (WorkerGoneException gone)
        {
            throw new WeftException(new WeftError(ErrorCode.WorkerUnreachable, "the worker ended while a capture was begun", gone.Message, "weft status"));
        }
        lock (_lock)
        {
            _captures.RemoveAll(c => c.Document.Ended is not null && c.Id <= capture.Id - Kept);
            _captures.Add(capture);
        }
        events.Add(EventKinds.CaptureStarted, $"capture {capture.Id}", $"capture of {string.Join(", ", capture.Document.Points)} started");
        return capture;
    }

    public void Ended(RunningCapture capture)
    {
        CaptureDocument document = capture.Document;
        events.Add(EventKinds.CaptureEnded, $"capture {document.Id}",
            $"capture of {string.Join(", ", document.Points)} ended: {document.Ended}; {document.Frames} frames, {document.Missed} missed");
    }

    /// <exception cref="WeftException">There is none of that number.</exception>
    public RunningCapture Find(string? id)
    {
        lock (_lock)
        {
            return _captures.Find(c => c.Id.ToString() == id) ?? throw new WeftException(new WeftError(ErrorCode.UnknownCapture,
                $"there is no capture {id}", "it has ended a while ago, or weftd was started anew", "weft status"));
        }
    }

    public void StopAll(string why)
    {
        RunningCapture[] captures;
        lock (_lock)
        {
            captures = [.. _captures.Where(c => c.Document.Ended is null)];
        }
        Array.ForEach(captures, c => c.Stop(why));
    }
}
