using Weft.Engine;
using Weft.Wire;

namespace Weft.Switching;

/// <summary>
/// Where a source hangs. Guards, in the order of their question:
///   group address as source        dropped: no station has one, and learning it would catch a multicast group
///   more addresses than the cap    dropped: a flood of made-up sources fills this port's share, nobody else's
///   the gateway's address          dropped when it comes from another port; the gateway takes it back at once
///   the same address on two ports  ten moves a second, then the owner keeps it until nobody has tried for a second
/// </summary>
public sealed unsafe partial class Switch
{
    private const int UplinkMacLimit = MacTable.MaxEntries / 4 * 3;
    private const int MovesPerSecond = 10;
    private const long Second = 1_000_000;

    private long _nextFullSweep;

    private DropReason Learn<TTrace>(Port from, MacKey source, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (source.Mac.IsGroup)
        {
            return DropReason.SourceIsGroup;
        }
        long now = _lane.Now;
        MacEntry* entry = _macs.Find(source);
        if (entry != null && entry->Port == from.Index)
        {
            if (!TTrace.IsOn)
            {
                entry->Seen = now;
            }
            return DropReason.None;
        }
        if (entry != null && now - entry->Seen > MacTable.AgeLimit)
        {
            if (!TTrace.IsOn)
            {
                _macs.Remove(entry);
            }
            entry = null;
        }
        DropReason refused = entry == null ? LearnNew<TTrace>(from, source, now) : Move<TTrace>(from, entry, now);
        if (refused == DropReason.None)
        {
            trace.Learned();
        }
        return refused;
    }

    private DropReason LearnNew<TTrace>(Port from, MacKey source, long now)
        where TTrace : struct, ITrace
    {
        ref Station station = ref _stations[from.Index];
        if (IsAtLimit<TTrace>(from, now))
        {
            return station.Role == PortRole.Guest ? DropReason.MacLimit : DropReason.None;
        }
        if (!TTrace.IsOn)
        {
            // A full table leaves the station unknown: its frames pass, answers to it are flooded.
            _macs.TryAdd(source, from.Index, now);
        }
        return DropReason.None;
    }

    private DropReason Move<TTrace>(Port from, MacEntry* entry, long now)
        where TTrace : struct, ITrace
    {
        PortRole to = _stations[from.Index].Role;
        if (to != PortRole.Gateway)
        {
            if (_stations[entry->Port].Role == PortRole.Gateway || IsMovingTooOften<TTrace>(entry, now))
            {
                return DropReason.MacMoved;
            }
            if (_macs.CountOf(from.Index) >= _stations[from.Index].MacLimit)
            {
                return to == PortRole.Guest ? DropReason.MacLimit : DropReason.None;
            }
            if (!TTrace.IsOn)
            {
                entry->Moves++;
            }
        }
        if (!TTrace.IsOn)
        {
            _macs.Move(entry, from.Index);
            entry->Seen = now;
        }
        return DropReason.None;
    }

    private static bool IsMovingTooOften<TTrace>(MacEntry* entry, long now)
        where TTrace : struct, ITrace
    {
        bool isOver = now - entry->MovesSince >= Second;
        bool isTooOften = !isOver && entry->Moves >= MovesPerSecond;
        if (TTrace.IsOn)
        {
            return isTooOften;
        }
        if (isOver)
        {
            entry->Moves = 0;
        }
        if (isOver || isTooOften)
        {
            entry->MovesSince = now;
        }
        return isTooOften;
    }

    /// <summary>Entries may have aged unseen: before the first refusal in a second, all are looked at.</summary>
    private bool IsAtLimit<TTrace>(Port from, long now)
        where TTrace : struct, ITrace
    {
        int limit = _stations[from.Index].MacLimit;
        if (_macs.CountOf(from.Index) < limit)
        {
            return false;
        }
        if (now >= _nextFullSweep)
        {
            if (TTrace.IsOn)
            {
                return _macs.YoungOf(from.Index, now) >= limit;
            }
            _nextFullSweep = now + Second;
            _macs.SweepAll(now);
        }
        return _macs.CountOf(from.Index) >= limit;
    }
}
