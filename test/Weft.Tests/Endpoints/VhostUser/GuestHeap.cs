namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Gives away pieces of a range of guest-physical addresses: the first hole that is large enough.</summary>
public sealed class GuestHeap
{
    private readonly SortedList<ulong, ulong> _holes = [];
    private readonly Dictionary<ulong, ulong> _taken = [];

    public GuestHeap(ulong start, ulong size) => _holes.Add(start, size);

    /// <summary>Bytes given away.</summary>
    public ulong InUse { get; private set; }

    public bool TryTake(ulong bytes, ulong alignment, out ulong address)
    {
        for (int i = 0; i < _holes.Count; i++)
        {
            ulong start = _holes.GetKeyAtIndex(i);
            ulong size = _holes.GetValueAtIndex(i);
            address = (start + alignment - 1) & ~(alignment - 1);
            if (address + bytes <= start + size)
            {
                _holes.RemoveAt(i);
                Free(start, address - start);
                Free(address + bytes, start + size - address - bytes);
                _taken.Add(address, bytes);
                InUse += bytes;
                return true;
            }
        }
        address = 0;
        return false;
    }

    public void Give(ulong address)
    {
        Assert.True(_taken.Remove(address, out ulong size), $"{address:x} was not taken");
        InUse -= size;
        int next = 0;
        while (next < _holes.Count && _holes.GetKeyAtIndex(next) < address)
        {
            next++;
        }
        if (next < _holes.Count && _holes.GetKeyAtIndex(next) == address + size)
        {
            size += _holes.GetValueAtIndex(next);
            _holes.RemoveAt(next);
        }
        if (next > 0 && _holes.GetKeyAtIndex(next - 1) + _holes.GetValueAtIndex(next - 1) == address)
        {
            address = _holes.GetKeyAtIndex(next - 1);
            size += _holes.GetValueAtIndex(next - 1);
            _holes.RemoveAt(next - 1);
        }
        Free(address, size);
    }

    private void Free(ulong start, ulong size)
    {
        if (size > 0)
        {
            _holes.Add(start, size);
        }
    }
}
