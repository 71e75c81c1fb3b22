namespace Weft.Engine;

/// <summary>
/// Theory. Back-pressure. A guest that sends faster than another receives is not drained into drops: frames that find no room
/// stay in its ring, and its port rests until there is room where they go, or until the time is over. Then they are dropped,
/// and so is everything for that receiver until it takes something again: one that stands still delays a sender once.
/// Only frames for one receiver are held; what is for all is never.
/// </summary>
internal sealed class HeldPorts(Lane lane) : IDeadlines
{
    /// <summary>Microseconds. A guest that shares its core with the sender may not run for several milliseconds.</summary>
    public const long Limit = 5_000;

    private readonly List<(Port Port, Port For, long Until)> _held = [];

    public long NextDeadline { get; private set; } = long.MaxValue;

    public void Add(Port port, Port waitsFor, long until)
    {
        port.IsHeld = true;
        _held.Add((port, waitsFor, until));
        NextDeadline = Math.Min(NextDeadline, until);
    }

    /// <summary>Those that wait for <paramref name="port"/> may go on.</summary>
    public void RoomAgain(Port port)
    {
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i].For == port)
            {
                Free(i);
            }
        }
    }

    public void OnDeadline(long now)
    {
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i].Until <= now)
            {
                Free(i);
            }
        }
    }

    /// <summary>A port that goes is neither held nor waited for.</summary>
    public void Forget(Port port)
    {
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i].Port == port || _held[i].For == port)
            {
                Free(i);
            }
        }
    }

    private void Free(int index)
    {
        Port port = _held[index].Port;
        _held[index] = _held[^1];
        _held.RemoveAt(_held.Count - 1);
        NextDeadline = long.MaxValue;
        foreach ((Port _, Port _, long until) in _held)
        {
            NextDeadline = Math.Min(NextDeadline, until);
        }
        port.IsHeld = false;
        lane.MarkReady(port);
    }
}
