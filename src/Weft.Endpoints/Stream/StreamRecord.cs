using System.Runtime.InteropServices;
using Weft.Engine;

namespace Weft.Endpoints.Stream;

/// <summary>
/// Where a stream stands, for the next worker; lies at the front of the port's receive memory, behind it the ring of what was
/// received and the rest of a frame that went out in part. Positions count the connection's bytes from 0 on; each is valid by
/// one 8-byte write, and none is trusted where the kernel knows better.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StreamRecord
{
    public const int RingSize = 1 << 17;

    private const ulong Expected = 0x6d61_6572_7473_7466;
    private const int RingAt = 4096;
    private const int PageSize = 4096;

    public ulong Mark;

    /// <summary>First byte in the ring that is not done with, the front of a frame; and the end of what the ring holds.</summary>
    public ulong Start;
    public ulong End;

    /// <summary><see cref="End"/> after the bytes that are being taken now (unix).</summary>
    public ulong Taking;

    /// <summary>End of what the turn under way has lent; not after <see cref="Start"/> when none is.</summary>
    public ulong LentTo;

    /// <summary>Lives that have ended in a turn with the same frames.</summary>
    public uint Attempts;

    /// <summary>Frames in <see cref="Lengths"/>: those that are being sent now, from <see cref="Sent"/> on (TCP).</summary>
    public int BatchCount;
    public ulong Sent;

    /// <summary>Unsent bytes of a frame, and the position of the first one.</summary>
    public ulong RestAt;
    public int RestLength;

    /// <summary>What the kernel's counters of a TCP connection said at position 0.</summary>
    public ulong ReceivedBefore;
    public ulong SentBefore;

    /// <summary>Bytes of each frame on the wire, its length in front.</summary>
    public fixed int Lengths[Burst.Capacity];

    public readonly bool IsOurs => Mark == Expected;

    public static StreamRecord* Of(ReceiveRegion* region) => (StreamRecord*)region;

    public static byte* Ring(StreamRecord* record) => (byte*)record + RingAt;

    public static byte* Rest(StreamRecord* record) => (byte*)record + RingAt + RingSize;

    /// <summary>For another connection: nothing received, nothing sent.</summary>
    public static void Clear(StreamRecord* record)
    {
        *record = default;
        record->Mark = Expected;
    }

    /// <summary>A copy into a page that is not there may stop half-way in a process that is dying.</summary>
    public static void TouchPages(StreamRecord* record)
    {
        byte* end = Rest(record) + StreamEndpoint.LengthSize + StreamEndpoint.MaxFrame;
        for (byte* page = (byte*)record; page < end; page += PageSize)
        {
            Volatile.Write(ref *page, Volatile.Read(ref *page));
        }
    }
}
