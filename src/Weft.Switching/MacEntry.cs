using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Switching;

/// <summary>One learned address. All times are lane time in microseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MacEntry
{
    private const ulong UsedBit = 1UL << 63;

    /// <summary>The key with the used bit; 0 = free slot.</summary>
    public ulong Mark;
    public long Seen;

    /// <summary>Start of the second in which <see cref="Moves"/> are counted; pushed on by every refused move.</summary>
    public long MovesSince;
    public ushort Port;
    public ushort Moves;

    public readonly bool IsFree => Mark == 0;

    /// <summary>VLAN ids have 12 bits, so the highest bit of a key is never its own.</summary>
    public static ulong MarkOf(MacKey key) => key.Value | UsedBit;
}
