using Weft.Model.Api;

namespace Weft.Daemon.Events;

/// <summary>What happened lately, and who wants to know what happens. Whoever adds an event waits for nobody.</summary>
internal sealed class EventLog(TimeProvider time)
{
    public const int Kept = 256;

    private readonly Lock _lock = new();
    private readonly Queue<EventDocument> _latest = new();
    private readonly List<EventReader> _readers = [];
    private long _lastId;

    public EventDocument[] Latest
    {
        get
        {
            lock (_lock)
            {
                return [.. _latest];
            }
        }
    }

    public void Add(string kind, string subject, string text) => Add(new EventDocument(0, default, kind, subject, text));

    /// <summary>Id and time are given here.</summary>
    public void Add(EventDocument what)
    {
        lock (_lock)
        {
            EventDocument added = what with { Id = ++_lastId, Time = time.GetUtcNow() };
            if (_latest.Count == Kept)
            {
                _latest.Dequeue();
            }
            _latest.Enqueue(added);
            _readers.ForEach(reader => reader.Offer(added));
        }
    }

    /// <summary>Reads from here on, or from behind the event <paramref name="after"/> as far as that is still known. An id that was not
    /// given yet is one of an earlier weftd.</summary>
    public EventReader Open(long? after = null)
    {
        lock (_lock)
        {
            EventReader reader = new(this, time);
            foreach (EventDocument known in after is null ? [] : _latest.Where(e => after > _lastId || e.Id > after))
            {
                reader.Offer(known);
            }
            _readers.Add(reader);
            return reader;
        }
    }

    public void Forget(EventReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
        }
    }
}
