using System.Runtime.InteropServices;

namespace Weft.Linux.Keeping;

/// <summary>Head of every message between keeper and worker; <see cref="Count"/> operations of 4 bytes follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KeeperMessageHeader
{
    public KeeperMessageKind Kind;
    public uint Count;

    /// <summary>By <see cref="Kind"/>: a process id, a slot, a number of slots, a negative errno; 0 otherwise.</summary>
    public long Value;
}
