using System.Runtime.InteropServices;

namespace Weft.Engine;

/// <summary>One port's receive memory: the record of <see cref="State.SharedArray.Receive"/>, divided by <see cref="ReceiveArena"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public struct ReceiveRegion
{
    public const int Size = 640 * 1024;

    internal ReceiveShape Shape;
}
