using System.Runtime.CompilerServices;

namespace Weft.Linux.Memory;

/// <summary>
/// Theory. A guest's memory as its front end handed it over: regions of files, mapped here. The one place that turns a
/// guest's address into a pointer, and the only check between a lying guest and our own memory:
///   address and length lie in one region   pointer
///   a length that goes on in the next one  piece by piece (<see cref="Piece"/>)
///   anything else, wrap-around included    null
/// What lies behind a pointer may change at any moment: whoever reads twice reads two values.
/// A file that shrinks under its mapping ends the process (SIGBUS). A file sealed against that cannot; one that is not is
/// mapped only as far as it is long now, and what happens later ends the owner's worker, no other's. The successor looks
/// how long the files are (<see cref="HasShrunk"/>) before it lets that guest in again.
/// While a migration is under way every write is noted in a log of dirty pages (VHOST_F_LOG_ALL, one bit for 4 KiB).
/// Regions stay where they are until the turn is over: the table changes between turns only.
/// </summary>
public sealed unsafe class GuestMemory : IDisposable
{
    public const int MaxRegions = 64;

    private const int LogPageShift = 12;

    private readonly GuestMapping[] _mappings = new GuestMapping[MaxRegions];
    private ulong _hotGuest;
    private ulong _hotSize;
    private byte* _hotStart;
    private uint* _log;
    private ulong _logPages;
    private byte* _logBase;
    private ulong _logMapped;

    /// <summary>Regions mapped.</summary>
    public int Count { get; private set; }

    public bool IsLogging => _log is not null;

    public GuestRegion this[int index] => _mappings[index].Region;

    /// <summary>Maps a region of the file behind <paramref name="descriptor"/>, which stays the caller's. 0 or a negated errno.</summary>
    public int Add(in GuestRegion region, int descriptor)
    {
        if (!region.IsSound || Count == MaxRegions || OverlapsAny(in region))
        {
            return -Errno.EINVAL;
        }
        int result = GuestMapping.TryMap(in region, descriptor, out _mappings[Count]);
        if (result == 0)
        {
            Count++;
        }
        return result;
    }

    /// <summary>The file behind <paramref name="descriptor"/>, once long enough for the region, is so no more.</summary>
    public static bool HasShrunk(in GuestRegion region, int descriptor)
    {
        long length = MemoryCalls.GetLength(descriptor);
        return length >= 0 && (ulong)length < region.FileEnd;
    }

    /// <summary>Unmaps the region that is described so; its former index, or −1.</summary>
    public int Remove(in GuestRegion region)
    {
        for (int i = 0; i < Count; i++)
        {
            GuestRegion known = _mappings[i].Region;
            if (known.Guest == region.Guest && known.Size == region.Size && known.User == region.User)
            {
                _mappings[i].Unmap();
                _mappings[i] = _mappings[--Count];
                Cool();
                return i;
            }
        }
        return -1;
    }

    public void Clear()
    {
        while (Count > 0)
        {
            _mappings[--Count].Unmap();
        }
        Cool();
    }

    /// <summary>Where <paramref name="length"/> bytes at guest-physical <paramref name="address"/> lie side by side; null when they do not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* At(ulong address, ulong length)
    {
        ulong offset = address - _hotGuest;
        return offset < _hotSize && length <= _hotSize - offset ? _hotStart + offset : Find(address, length);
    }

    /// <summary>As much of <paramref name="length"/> bytes as lies together; the caller asks again for the others.</summary>
    public byte* Piece(ulong address, ref uint length)
    {
        for (int i = 0; i < Count; i++)
        {
            ref GuestMapping mapping = ref _mappings[i];
            ulong offset = address - mapping.Region.Guest;
            if (offset < mapping.Region.Size)
            {
                length = (uint)Math.Min(length, mapping.Region.Size - offset);
                return mapping.Start + offset;
            }
        }
        return null;
    }

    /// <summary>The same for an address of the front end's own.</summary>
    public byte* AtUser(ulong address, ulong length)
    {
        for (int i = 0; i < Count; i++)
        {
            ref GuestMapping mapping = ref _mappings[i];
            ulong offset = address - mapping.Region.User;
            if (offset < mapping.Region.Size && length <= mapping.Region.Size - offset)
            {
                return mapping.Start + offset;
            }
        }
        return null;
    }

    /// <summary>Begins to note writes in the file behind <paramref name="descriptor"/>; it stays the caller's. 0 or a negated errno.</summary>
    public int StartLog(int descriptor, ulong size, ulong offset)
    {
        StopLog();
        GuestRegion whole = new(0, size, 0, offset);
        if (!whole.IsSound || (offset & 7) != 0 || (size & 7) != 0)
        {
            return -Errno.EINVAL;
        }
        int result = GuestMapping.TryMap(in whole, descriptor, out GuestMapping mapping);
        if (result < 0)
        {
            return result;
        }
        _log = (uint*)mapping.Start;
        _logPages = size * 8;
        _logMapped = mapping.Mapped;
        _logBase = mapping.Base;
        return 0;
    }

    public void StopLog()
    {
        if (_log is not null)
        {
            MemoryCalls.Unmap(_logBase, _logMapped);
            _log = null;
        }
    }

    /// <summary>Notes that <paramref name="length"/> bytes at <paramref name="address"/> were written. Pages beyond the log are not noted.</summary>
    public void MarkDirty(ulong address, ulong length)
    {
        if (_log is null || length == 0)
        {
            return;
        }
        ulong last = (address + length - 1) >> LogPageShift;
        for (ulong page = address >> LogPageShift; page <= last && page < _logPages; page++)
        {
            Interlocked.Or(ref _log[page >> 5], 1u << (int)(page & 31));
        }
    }

    public void Dispose()
    {
        StopLog();
        Clear();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Find(ulong address, ulong length)
    {
        for (int i = 0; i < Count; i++)
        {
            ref GuestMapping mapping = ref _mappings[i];
            ulong offset = address - mapping.Region.Guest;
            if (offset < mapping.Region.Size && length <= mapping.Region.Size - offset)
            {
                _hotGuest = mapping.Region.Guest;
                _hotSize = mapping.Region.Size;
                _hotStart = mapping.Start;
                return mapping.Start + offset;
            }
        }
        return null;
    }

    private void Cool() => _hotSize = 0;

    private bool OverlapsAny(in GuestRegion region)
    {
        for (int i = 0; i < Count; i++)
        {
            if (region.Overlaps(in _mappings[i].Region))
            {
                return true;
            }
        }
        return false;
    }
}
