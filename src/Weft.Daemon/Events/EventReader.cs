using Weft.Model.Api;

namespace Weft.Daemon.Events;

/// <summary>One reader's events. Who is too slow loses the new ones, is told how many, and holds up nobody.</summary>
internal sealed class EventReader(EventLog log, TimeProvider time) : IDisposable
{
    public const int Room = 256;

    private readonly Lock _lock = new();
    private readonly Queue<EventDocument> _waiting = new();
    private readonly SemaphoreSlim _there = new(0);
    private long _lost;
    private long _offered;

    public void Offer(EventDocument what)
    {
        lock (_lock)
        {
            _offered = what.Id;
            if (_waiting.Count >= Room)
            {
                _lost++;
                return;
            }
            if (_lost > 0)
            {
                _waiting.Enqueue(LostBefore(what.Id));
                _there.Release();
            }
            _waiting.Enqueue(what);
        }
        _there.Release();
    }

    /// <summary>The next event; null when none came in that time.</summary>
    public async Task<EventDocument?> NextAsync(TimeSpan limit, CancellationToken end)
    {
        bool isThere = await _there.WaitAsync(limit, end);
        lock (_lock)
        {
            if (isThere)
            {
                return _waiting.Dequeue();
            }
            return _lost > 0 && _waiting.Count == 0 ? LostBefore(_offered + 1) : null;
        }
    }

    public void Dispose()
    {
        log.Forget(this);
        _there.Dispose();
    }

    private EventDocument LostBefore(long id)
    {
        long lost = _lost;
        _lost = 0;
        return new EventDocument(Math.Max(0, id - 1), time.GetUtcNow(), EventKinds.Lost, "events",
            $"{lost} events are missing here: they came faster than they were read") { Lost = lost };
    }
}
