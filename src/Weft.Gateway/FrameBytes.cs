using Weft.Engine;
using Weft.Wire;

namespace Weft.Gateway;

/// <summary>Ranges of a borrowed frame: head and runs as one line of bytes.</summary>
internal static unsafe class FrameBytes
{
    /// <summary>Writes runs that cover [offset, offset + length) to <paramref name="runs"/> (head and <see cref="Burst.RunsPerFrame"/> runs
    /// at most) and returns how many.</summary>
    public static int Slice(in FrameRef frame, int offset, int length, IoVec* runs)
    {
        int count = 0;
        if (offset < frame.HeadLength && length > 0)
        {
            int inHead = Math.Min(length, frame.HeadLength - offset);
            runs[count++] = new IoVec(frame.Head + offset, (nuint)inHead);
            length -= inHead;
            offset = frame.HeadLength;
        }
        offset -= frame.HeadLength;
        for (int i = 0; i < frame.RestCount && length > 0; i++)
        {
            IoVec run = frame.Rest[i];
            if (offset >= (int)run.Length)
            {
                offset -= (int)run.Length;
                continue;
            }
            int take = Math.Min(length, (int)run.Length - offset);
            runs[count++] = new IoVec(run.Start + offset, (nuint)take);
            length -= take;
            offset = 0;
        }
        return count;
    }

    public static void Copy(in FrameRef frame, int offset, int length, byte* to)
    {
        IoVec* runs = stackalloc IoVec[1 + Burst.RunsPerFrame];
        int count = Slice(in frame, offset, length, runs);
        for (int i = 0; i < count; i++)
        {
            Buffer.MemoryCopy(runs[i].Start, to, runs[i].Length, runs[i].Length);
            to += runs[i].Length;
        }
    }

    /// <summary>Adds the bytes of [offset, offset + length) to a checksum.</summary>
    public static void Sum(in FrameRef frame, int offset, int length, ref ChecksumRun sum)
    {
        IoVec* runs = stackalloc IoVec[1 + Burst.RunsPerFrame];
        int count = Slice(in frame, offset, length, runs);
        for (int i = 0; i < count; i++)
        {
            sum.Add(runs[i].Start, (int)runs[i].Length);
        }
    }
}
