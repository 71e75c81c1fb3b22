using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>
/// Edge-triggered epoll in virtual time: a wake-up queues the watch once, and Wait reports what is true then. Waiting moves the
/// world's clock to the next event; with no time limit and nothing ahead it returns 0 at once and sets <see cref="IsIdle"/>.
/// </summary>
internal sealed class SimulatedReadiness(SimulatedWorld world, DescriptorTable descriptors, FaultSeam seam) : IReadiness
{
    private readonly Dictionary<int, SimulatedWatch> _watches = [];
    private readonly HashSet<SimulatedWatch> _all = [];
    private readonly Queue<SimulatedWatch> _queue = new();
    private volatile bool _woken;

    /// <summary>The last Wait had nothing to wait for.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>Watches of sockets that live, ghosts of closed but kept descriptors among them.</summary>
    public int Watched => _all.Count(watch => watch.IsActive);

    public int Watch(int descriptor, ReadyToken token, Ready interest)
    {
        int fault = seam.Enter();
        if (fault != 0)
        {
            return fault;
        }
        if (descriptors[descriptor] is not { } socket)
        {
            return -Errno.BadDescriptor;
        }
        if (_watches.TryGetValue(descriptor, out SimulatedWatch? old) && old.Socket == socket && old.IsActive)
        {
            return -17;
        }
        var watch = new SimulatedWatch(this, socket, token, interest);
        _watches[descriptor] = watch;
        _all.Add(watch);
        socket.Add(watch);
        Queue(watch);
        return seam.Leave(0);
    }

    public int Rewatch(int descriptor, ReadyToken token, Ready interest)
    {
        int fault = seam.Enter();
        if (fault != 0)
        {
            return fault;
        }
        if (!_watches.TryGetValue(descriptor, out SimulatedWatch? watch) || watch.Socket != descriptors[descriptor])
        {
            return -2;
        }
        watch.Token = token;
        watch.Interest = interest;
        Queue(watch);
        return seam.Leave(0);
    }

    public void Unwatch(int descriptor)
    {
        if (seam.Enter() == 0)
        {
            Drop(descriptor);
            seam.Leave(0);
        }
    }

    public int Wait(Span<ReadyEvent> events, long timeoutMicroseconds)
    {
        VirtualTime time = world.Time;
        long limit = Math.Min(world.StopAt, timeoutMicroseconds < 0 ? long.MaxValue : time.Now + timeoutMicroseconds);
        time.AdvanceTo(time.Now);
        IsIdle = false;
        while (true)
        {
            int count = Collect(events);
            if (count > 0 || _woken || time.Now >= limit)
            {
                _woken = false;
                return count;
            }
            if (time.NextEvent == long.MaxValue && limit == long.MaxValue)
            {
                IsIdle = true;
                return 0;
            }
            time.AdvanceTo(Math.Min(limit, time.NextEvent));
        }
    }

    public void Wake() => _woken = true;

    public void Queue(SimulatedWatch watch)
    {
        if (!watch.IsQueued)
        {
            watch.IsQueued = true;
            _queue.Enqueue(watch);
        }
    }

    /// <summary>The worker is dead: its epoll instance goes with it.</summary>
    public void Close()
    {
        foreach (SimulatedWatch watch in _all.ToArray())
        {
            watch.Socket.Remove(watch);
        }
    }

    private int Collect(Span<ReadyEvent> events)
    {
        int count = 0;
        while (count < events.Length && _queue.TryDequeue(out SimulatedWatch? watch))
        {
            watch.IsQueued = false;
            Ready what = watch.Socket.Poll() & (watch.Interest | Ready.Error | Ready.HangUp);
            if (what != 0 && watch.IsActive)
            {
                events[count++] = new ReadyEvent(watch.Token, what);
            }
        }
        return count;
    }

    /// <summary>epoll names an entry by file and number: a reused number does not reach the ghost of the one before.</summary>
    private void Drop(int descriptor)
    {
        if (_watches.TryGetValue(descriptor, out SimulatedWatch? watch) && watch.Socket == descriptors[descriptor] && _watches.Remove(descriptor))
        {
            watch.Socket.Remove(watch);
            _all.Remove(watch);
        }
    }
}
