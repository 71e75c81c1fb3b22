using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Weft.Engine.State;

namespace Weft.Engine;

/// <summary>
/// Theory. A lane is one thread with its loop, memory and clock. One pass of the loop is a turn:
///   1. wait for readiness, a deadline, or a post (Lane.Waiting.cs; not at all while ports are ready)
///   2. tell each ready target; do what other threads posted; run what is due
///   3. poll ready ports round robin, at most one burst each; the switch delivers; the endpoint takes its bytes back
///   4. end of turn: postponed answers leave, descriptors go to the keeper
/// Nothing here locks, awaits or allocates per frame. Other threads enter by <see cref="Post"/> alone.
/// Control work (a plan's step, a guest's control message) runs in 2, so no loan is alive when it changes things.
/// Time is an argument: the same lane runs in virtual time over a simulated <see cref="IReadiness"/> and TimeProvider.
/// </summary>
public sealed unsafe partial class Lane : IDisposable
{
    private const int EventsPerTurn = 256;
    private const int MaxPorts = 8192;

    /// <summary>Deadlines are looked through at most this often while turns follow each other: a turn takes 10 µs, and timers may be a millisecond late.</summary>
    private const long ScanInterval = 1000;

    private readonly IReadiness _readiness;
    private readonly TimeProvider _time;
    private readonly Burst _burst = new();
    private readonly ReadyEvent[] _events = new ReadyEvent[EventsPerTurn];
    private readonly Port[] _readyRing = new Port[MaxPorts];
    private readonly List<IReadyTarget?> _targets = [null];
    private readonly List<IDeadlines> _deadlines = [];
    private readonly List<ITurnEnd> _turnEnds = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private uint _readyHead;
    private uint _readyTail;
    private long _scannedAt;
    private long _earliest;

    /// <summary>Something ran since the last scan that may have set a deadline.</summary>
    private bool _mayBeEarlier = true;
    private volatile bool _stopping;
    private readonly LaneCounters* _ownCounters;
    private readonly long _ticksPerMicrosecond;
    private readonly long _nanosecondsPerTick;
    private long _turnStart;
    private int _moved;

    public Lane(IReadiness readiness, TimeProvider time)
    {
        _readiness = readiness;
        _time = time;
        _ticksPerMicrosecond = time.TimestampFrequency / 1_000_000;
        _nanosecondsPerTick = 1_000_000_000 / time.TimestampFrequency;
        Held = new HeldPorts(this);
        _deadlines.Add(Held);
        _ownCounters = Counters = (LaneCounters*)NativeMemory.AllocZeroed((nuint)sizeof(LaneCounters));
        Now = Clock();
    }

    /// <summary>Microseconds of the monotonic clock, read once per turn.</summary>
    public long Now { get; private set; }

    /// <summary>Unix time in seconds, for leases.</summary>
    public long UnixSeconds => _time.GetUtcNow().ToUnixTimeSeconds();

    public IReadiness Readiness => _readiness;

    public OffloadFixup Fixup { get; } = new();

    /// <summary>Ports that wait for room elsewhere.</summary>
    internal HeldPorts Held { get; }
    public Coalescer Coalescer { get; } = new();

    /// <summary>Turns so far.</summary>
    public ulong Turns => Counters->Turns;

    /// <summary>What it has done; memory of its own until it is given a place in the shared one.</summary>
    public LaneCounters* Counters { get; set; }

    /// <summary>Gives a target its number for <see cref="ReadyToken.Target"/>.</summary>
    public ushort Register(IReadyTarget target)
    {
        int free = _targets.IndexOf(null, 1);
        if (free > 0)
        {
            _targets[free] = target;
            return (ushort)free;
        }
        _targets.Add(target);
        return checked((ushort)(_targets.Count - 1));
    }

    public void Unregister(ushort target) => _targets[target] = null;

    public void Add(IDeadlines deadlines) => _deadlines.Add(deadlines);

    public void Remove(IDeadlines deadlines) => _deadlines.Remove(deadlines);

    public void Add(ITurnEnd turnEnd) => _turnEnds.Add(turnEnd);

    public void Remove(ITurnEnd turnEnd) => _turnEnds.Remove(turnEnd);

    /// <summary>Runs <paramref name="action"/> on the lane between turns. The one way in for other threads.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        _readiness.Wake();
    }

    /// <summary>The whole life of the lane's thread.</summary>
    public void Run()
    {
        while (!_stopping)
        {
            Turn(mayWait: true);
        }
    }

    public void Stop()
    {
        _stopping = true;
        _readiness.Wake();
    }

    /// <summary>One turn. Without <paramref name="mayWait"/> it takes what is there and returns (tests, virtual time).</summary>
    public void Turn(bool mayWait)
    {
        int count = Await(mayWait);
        long start = _time.GetTimestamp();
        EndOfTurn(start);
        _turnStart = start;
        Now = start / _ticksPerMicrosecond;
        Counters->Turns++;
        _mayBeEarlier |= count > 0 || !_posted.IsEmpty || _readyHead != _readyTail;
        for (int i = 0; i < count; i++)
        {
            ref ReadyEvent ready = ref _events[i];
            IReadyTarget? target = ready.Token.Target < _targets.Count ? _targets[ready.Token.Target] : null;
            target?.OnReady(ready.Token, ready.What);
        }
        while (_posted.TryDequeue(out Action? action))
        {
            action();
        }
        if (!mayWait || Now >= _earliest || Now - _scannedAt >= ScanInterval)
        {
            RunDue();
        }
        _mayBeEarlier |= _readyHead != _readyTail;
        TurnPorts();
        foreach (ITurnEnd turnEnd in _turnEnds)
        {
            turnEnd.OnTurnEnd();
        }
    }

    public void Dispose()
    {
        _burst.Dispose();
        Fixup.Dispose();
        Counters = null;
        NativeMemory.Free(_ownCounters);
        Coalescer.Dispose();
    }

    /// <summary>The earliest deadline in lane time; <see cref="long.MaxValue"/> for none.</summary>
    public long NextDeadline()
    {
        long next = long.MaxValue;
        foreach (IDeadlines deadlines in _deadlines)
        {
            next = Math.Min(next, deadlines.NextDeadline);
        }
        return next;
    }

    internal void MarkReady(Port port)
    {
        if (!port.IsReady && !port.IsHeld)
        {
            port.IsReady = true;
            _readyRing[_readyTail++ % MaxPorts] = port;
        }
    }

    internal void Forget(Port port)
    {
        Held.Forget(port);
        for (uint i = _readyHead; i != _readyTail; i++)
        {
            if (_readyRing[i % MaxPorts] == port)
            {
                _readyRing[i % MaxPorts] = null!;
            }
        }
        port.IsReady = false;
        LookAway(port);
    }

    /// <summary>Ports ready now and those that they made ready (a guest's frame makes the gateway ready), each a few times at most.</summary>
    private void TurnPorts()
    {
        uint budget = 2 * (_readyTail - _readyHead) + 2;
        while (_readyHead != _readyTail && budget-- > 0)
        {
            Port port = _readyRing[_readyHead++ % MaxPorts];
            if (port is null)
            {
                continue;
            }
            port.IsReady = false;
            bool more = port.Turn(_burst);
            if (_burst.Count > 0)
            {
                _moved += _burst.Count;
                Counters->Count(_burst.Count);
            }
            if (more)
            {
                MarkReady(port);
            }
            else if (port.Queue is not null)
            {
                LookAt(port);
            }
        }
    }

    private void RunDue()
    {
        for (int i = 0; i < _deadlines.Count; i++)
        {
            IDeadlines deadlines = _deadlines[i];
            if (deadlines.NextDeadline <= Now)
            {
                deadlines.OnDeadline(Now);
            }
        }
        Scan(Now);
    }

    private void Scan(long now)
    {
        _scannedAt = now;
        _earliest = NextDeadline();
        _mayBeEarlier = false;
    }

    /// <summary>How long to wait. Shortly after a scan new deadlines may be unknown: the wait is then no longer than until the next one.</summary>
    private long WaitTime()
    {
        if (_readyHead != _readyTail || !_posted.IsEmpty)
        {
            return 0;
        }
        long now = Clock();
        if (_mayBeEarlier && now - _scannedAt < ScanInterval)
        {
            return Math.Min(ScanInterval, Math.Max(0, _earliest - now));
        }
        if (_mayBeEarlier)
        {
            Scan(now);
        }
        return _earliest == long.MaxValue ? -1 : Math.Max(0, _earliest - now);
    }

    /// <summary>The turn is over at <paramref name="tick"/>: if frames moved in it, it was busy.</summary>
    private void EndOfTurn(long tick)
    {
        if (_moved > 0)
        {
            Counters->Busy += (ulong)((tick - _turnStart) * _nanosecondsPerTick);
            _moved = 0;
        }
    }

    private long Clock() => _time.GetTimestamp() / _ticksPerMicrosecond;
}
