using System.Buffers.Binary;

namespace Weft.Engine.Cables;

/// <summary>
/// Brings the blocks of several queues into the order of time. Each queue is in order, but a frame that waits for the end of its
/// turn comes to its queue a little after others that are younger, so only what is older than a moment ago is taken.
/// </summary>
public sealed class CaptureMerge
{
    private const int HeaderSize = 20;
    private const int TotalAt = 4;
    private const int StampAt = 12;

    private readonly byte[] _header = new byte[HeaderSize];

    /// <summary>Takes the oldest whole block of all queues that is older than <paramref name="horizon"/> into <paramref name="to"/>.</summary>
    /// <param name="to">Room for <see cref="PcapngSection.LongestBlock"/>.</param>
    /// <returns>Its bytes; 0 when nothing is old enough.</returns>
    public int TakeOldest(IReadOnlyList<CaptureQueue> queues, ulong horizon, Span<byte> to)
    {
        CaptureQueue? from = null;
        ulong oldest = horizon;
        int length = 0;
        for (int i = 0; i < queues.Count; i++)
        {
            if (queues[i].TryPeek(_header) && StampOf(_header) is var stamp && stamp < oldest)
            {
                (from, oldest, length) = (queues[i], stamp, (int)BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(TotalAt)));
            }
        }
        if (from is null)
        {
            return 0;
        }
        from.TryPeek(to[..length]);
        from.Take(length);
        return length;
    }

    private static ulong StampOf(ReadOnlySpan<byte> block) =>
        ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(block[StampAt..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(block[(StampAt + 4)..]);
}
