namespace Weft.Engine.Cables;

/// <summary>Kept frames in the order in which they are due: first in, first out, since no frame is due before the one in front.</summary>
internal sealed class DueQueue(int capacity)
{
    private readonly (int Place, long Due)[] _ring = new (int, long)[capacity];
    private int _first;
    private int _count;
    private long _lastDue;

    /// <summary>When the first is due; <see cref="long.MaxValue"/> when empty.</summary>
    public long NextDue => _count == 0 ? long.MaxValue : _ring[_first].Due;

    /// <summary>Adds at the end; the caller has a place for each entry, so there is room.</summary>
    public void Add(int place, long due)
    {
        _lastDue = Math.Max(due, _lastDue);
        _ring[(_first + _count++) % _ring.Length] = (place, _lastDue);
    }

    public int Take()
    {
        int place = _ring[_first].Place;
        _first = (_first + 1) % _ring.Length;
        _count--;
        return place;
    }
}
