using Weft.Engine.State;

namespace Weft.Engine.Cables;

/// <summary>One direction of an impaired cable: throws the dice for each frame, keeps copies, hands them out when due.</summary>
internal sealed unsafe class ImpairedDirection : IDisposable
{
    /// <summary>Frames that may be under way at once.</summary>
    private const int Capacity = 4096;

    /// <summary>How much later a reordered frame comes than its turn would be, in microseconds.</summary>
    private const long ReorderDelay = 1_000;
    private const int FirstCorruptByte = 14;

    private readonly ImpairmentRecord _how;
    private readonly PortCounters* _counters;
    private readonly KeptFrames _kept;
    private readonly DueQueue _line = new(Capacity);
    private readonly DueQueue _held = new(Capacity);
    private SeededRandom _random;

    public ImpairedDirection(in ImpairmentRecord how, ulong seed, int longestFrame, PortCounters* counters)
    {
        _how = how;
        _random = new SeededRandom(seed);
        _kept = new KeptFrames(Capacity, longestFrame);
        _counters = counters;
    }

    public long NextDue => Math.Min(_line.NextDue, _held.NextDue);

    /// <summary>Copies what survives. Frames carry no offloads any more.</summary>
    public void Admit(ReadOnlySpan<FrameRef> frames, long now)
    {
        foreach (ref readonly FrameRef frame in frames)
        {
            if (_random.Happens(_how.Loss))
            {
                _counters->Drop(DropReason.Impaired);
                continue;
            }
            AdmitOnce(in frame, now);
            if (_random.Happens(_how.Duplicate))
            {
                AdmitOnce(in frame, now);
            }
        }
    }

    /// <summary>The next frame due at <paramref name="now"/>, to be given back by <see cref="Free"/>; −1 for none.</summary>
    public int TakeDue(long now, out FrameRef frame)
    {
        frame = default;
        if (NextDue > now)
        {
            return -1;
        }
        int place = (_line.NextDue <= _held.NextDue ? _line : _held).Take();
        frame = _kept.Lend(place);
        return place;
    }

    public void Free(int place) => _kept.Free(place);

    public void Dispose() => _kept.Dispose();

    private void AdmitOnce(in FrameRef frame, long now)
    {
        int place = _kept.Keep(in frame);
        if (place < 0)
        {
            _counters->Drop(DropReason.NoMemory);
            return;
        }
        if (_random.Happens(_how.Corrupt))
        {
            FlipOneBit(_kept.Bytes(place));
        }
        long due = now + _how.DelayMicroseconds + _random.Below(_how.JitterMicroseconds);
        if (_random.Happens(_how.Reorder))
        {
            _held.Add(place, due + ReorderDelay);
        }
        else
        {
            _line.Add(place, due);
        }
    }

    private void FlipOneBit(Span<byte> bytes)
    {
        if (bytes.Length > FirstCorruptByte)
        {
            int at = FirstCorruptByte + (int)_random.Below((uint)(bytes.Length - FirstCorruptByte));
            bytes[at] ^= (byte)(1 << (int)_random.Below(8));
        }
    }
}
