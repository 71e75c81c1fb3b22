namespace Weft.Engine;

/// <summary>Walks over a frame's bytes, head first, then its runs, as if they lay in one piece. Borrows the frame.</summary>
public unsafe ref struct FramePieces
{
    private readonly IoVec* _rest;
    private readonly int _restCount;
    private int _next;
    private byte* _at;
    private int _left;

    public FramePieces(scoped in FrameRef frame)
    {
        _rest = frame.Rest;
        _restCount = frame.RestCount;
        _at = frame.Head;
        _left = frame.HeadLength;
    }

    public void Skip(int bytes)
    {
        while (bytes > 0 && TryTake(bytes, out IoVec run))
        {
            bytes -= (int)run.Length;
        }
    }

    public void CopyTo(byte* to, int bytes)
    {
        while (bytes > 0 && TryTake(bytes, out IoVec run))
        {
            Buffer.MemoryCopy(run.Start, to, bytes, (int)run.Length);
            to += run.Length;
            bytes -= (int)run.Length;
        }
    }

    /// <summary>Writes runs that name the next <paramref name="bytes"/> where they lie, and returns how many runs those are.</summary>
    public int LendTo(IoVec* runs, int bytes)
    {
        int count = 0;
        while (bytes > 0 && TryTake(bytes, out IoVec run))
        {
            bytes -= (int)run.Length;
            if (count > 0 && runs[count - 1].Start + runs[count - 1].Length == run.Start)
            {
                // A head and its rest that lie together, as in a receive arena.
                runs[count - 1].Length += run.Length;
            }
            else
            {
                runs[count++] = run;
            }
        }
        return count;
    }

    /// <summary>Adds the next <paramref name="bytes"/> to the end of a frame of our own: copied as far as a head goes, lent beyond.</summary>
    public void AddTo(ref FrameRef frame, int bytes)
    {
        int copied = Math.Min(bytes, Burst.HeadSize - frame.HeadLength);
        CopyTo(frame.Head + frame.HeadLength, copied);
        frame.HeadLength += copied;
        frame.RestCount += LendTo(frame.Rest + frame.RestCount, bytes - copied);
        frame.Length += bytes;
    }

    /// <summary>The next at most <paramref name="bytes"/> that lie together; false at the end.</summary>
    private bool TryTake(int bytes, out IoVec run)
    {
        while (_left == 0 && _next < _restCount)
        {
            _at = _rest[_next].Start;
            _left = (int)_rest[_next++].Length;
        }
        int taken = Math.Min(bytes, _left);
        run = new IoVec(_at, (nuint)taken);
        _at += taken;
        _left -= taken;
        return taken > 0;
    }
}
