using Weft.Engine;

namespace Weft.Tests.Engine;

/// <summary>Hears what a test says: <see cref="Report"/> queues an event for a watched descriptor. Never waits.</summary>
internal sealed class FakeReadiness : IReadiness
{
    private readonly Dictionary<int, ReadyToken> _watched = [];
    private readonly Queue<ReadyEvent> _events = new();

    /// <summary>Timeout of the last wait, in microseconds.</summary>
    public long LastTimeout { get; private set; }

    public IReadOnlyDictionary<int, ReadyToken> Watched => _watched;

    public void Report(int descriptor, Ready what)
    {
        if (_watched.TryGetValue(descriptor, out ReadyToken token))
        {
            _events.Enqueue(new ReadyEvent(token, what));
        }
    }

    public int Watch(int descriptor, ReadyToken token, Ready interest)
    {
        _watched[descriptor] = token;
        return 0;
    }

    public int Rewatch(int descriptor, ReadyToken token, Ready interest) => Watch(descriptor, token, interest);

    public void Unwatch(int descriptor) => _watched.Remove(descriptor);

    public int Wait(Span<ReadyEvent> events, long timeoutMicroseconds)
    {
        LastTimeout = timeoutMicroseconds;
        int count = 0;
        while (count < events.Length && _events.TryDequeue(out ReadyEvent ready))
        {
            events[count++] = ready;
        }
        return count;
    }

    public void Wake()
    {
    }
}
