namespace Weft.Engine;

/// <summary>
/// How a lane waits. Ports whose queue lies in memory (<see cref="IMemoryQueue"/>) and that were polled to their end are
/// looked at in every turn and, for a while, instead of sleeping (<see cref="Spin"/>). Before the lane sleeps each is asked
/// to tell of what comes; if one has something by then, there is no sleep.
/// While ports are ready the system is asked for events in every fourth turn only: it costs as much as four frames.
/// </summary>
public sealed unsafe partial class Lane
{
    private const int TurnsWithoutEvents = 4;
    private const int LooksPerPoll = 16;

    /// <summary>Turns of a busy lane after which a silent queue is no longer looked at.</summary>
    private const int MostVainLooks = 64;

    private readonly Port[] _lookedAt = new Port[MaxPorts];
    private readonly Spin _spin = new();
    private int _lookedAtCount;
    private int _turnsWithoutEvents;

    /// <summary>How long the lane may look before it sleeps.</summary>
    public PollingPolicy Polling
    {
        get => _spin.Policy;
        set => _spin.Policy = value;
    }

    /// <summary>Begins to look at the queues of a port.</summary>
    internal void LookAt(Port port)
    {
        if (!port.IsLookedAt)
        {
            port.IsLookedAt = true;
            _lookedAt[_lookedAtCount++] = port;
        }
    }

    private void LookAway(Port port)
    {
        if (port.IsLookedAt)
        {
            port.IsLookedAt = false;
            int index = Array.IndexOf(_lookedAt, port, 0, _lookedAtCount);
            _lookedAt[index] = _lookedAt[--_lookedAtCount];
            _lookedAt[_lookedAtCount] = null!;
        }
    }

    private bool IsBusy => _readyHead != _readyTail || !_posted.IsEmpty || _stopping;

    /// <summary>Waits as long as it may; how many events there are.</summary>
    private int Await(bool mayWait)
    {
        LookAround();
        if (IsBusy)
        {
            LeaveTheSilent();
        }
        if (!mayWait)
        {
            return _readiness.Wait(_events, 0);
        }
        if (IsBusy)
        {
            if (++_turnsWithoutEvents < TurnsWithoutEvents && _posted.IsEmpty)
            {
                return 0;
            }
            _turnsWithoutEvents = 0;
            return _readiness.Wait(_events, 0);
        }
        _turnsWithoutEvents = 0;
        EndOfTurn(_time.GetTimestamp());
        if (_lookedAtCount > 0)
        {
            int count = SpinForAWhile();
            if (count > 0 || IsBusy || !ListenToAll())
            {
                return count;
            }
        }
        Counters->Sleeps++;
        return _readiness.Wait(_events, WaitTime());
    }

    /// <summary>Looks at every queue that was polled to its end; those with something are ready.</summary>
    private void LookAround()
    {
        for (int i = _lookedAtCount - 1; i >= 0; i--)
        {
            Port port = _lookedAt[i];
            if (port.Queue!.Look())
            {
                port.VainLooks = 0;
                MarkReady(port);
            }
        }
    }

    /// <summary>While others are busy, a queue that has had nothing for a while tells by itself from then on: silent guests cost
    /// the busy ones nothing.</summary>
    private void LeaveTheSilent()
    {
        for (int i = _lookedAtCount - 1; i >= 0; i--)
        {
            if (++_lookedAt[i].VainLooks > MostVainLooks)
            {
                StopLooking(i);
            }
        }
    }

    /// <summary>Takes a queue off the list and asks it to tell of what comes. False when it has something already.</summary>
    private bool StopLooking(int index)
    {
        Port port = _lookedAt[index];
        _lookedAt[index] = _lookedAt[--_lookedAtCount];
        _lookedAt[_lookedAtCount] = null!;
        port.IsLookedAt = false;
        port.VainLooks = 0;
        bool isQuiet = port.Queue!.Listen();
        if (!isQuiet)
        {
            MarkReady(port);
        }
        return isQuiet;
    }

    /// <summary>Looks and asks in turns, as long as it has paid of late. Returns the events that came.</summary>
    private int SpinForAWhile()
    {
        long look = _spin.Begin();
        if (look == 0)
        {
            return 0;
        }
        long until = Math.Min(Clock() + look, NextDeadline());
        int count = 0;
        bool isWanted = false;
        while (count == 0 && !IsBusy && !isWanted && Clock() < until)
        {
            isWanted = _readiness.Yield();
            for (int i = 0; i < LooksPerPoll && !IsBusy; i++)
            {
                LookAround();
                Thread.SpinWait(1);
            }
            count = IsBusy ? 0 : _readiness.Wait(_events, 0);
        }
        Counters->Spins++;
        Counters->SpinsPaid += count > 0 || IsBusy ? 1UL : 0;
        _spin.End(paid: count > 0 || IsBusy);
        return count;
    }

    /// <summary>Asks every queue to tell of what comes. False when one has something already.</summary>
    private bool ListenToAll()
    {
        bool isQuiet = true;
        while (_lookedAtCount > 0)
        {
            isQuiet &= StopLooking(_lookedAtCount - 1);
        }
        return isQuiet;
    }
}
