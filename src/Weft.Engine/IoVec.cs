using System.Runtime.InteropServices;

namespace Weft.Engine;

/// <summary>A run of bytes in memory, laid out as the system's <c>struct iovec</c> so that lists of them go to it as they are.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct IoVec(byte* start, nuint length)
{
    public byte* Start = start;
    public nuint Length = length;
}
