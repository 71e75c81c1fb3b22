using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine;

/// <summary>Head of one slot, in the shared memory; behind it the headroom and the frame.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal struct ReceiveSlot
{
    public const int Size = 64;
    public const int Free = 0;
    public const int ReadUnderWay = -1;

    /// <summary><see cref="Free"/>, <see cref="ReadUnderWay"/>, or the length of the frame.</summary>
    public int Mark;

    /// <summary>The area that takes what does not fit; −1 for none.</summary>
    public int Overflow;

    /// <summary>Order of arrival.</summary>
    public ulong Sequence;

    /// <summary>Lives that have tried to finish this frame after the one that read it.</summary>
    public int Attempts;

    /// <summary>Kept here once the read returned, since the headroom it came in may be written over.</summary>
    public Offload Offload;
}
