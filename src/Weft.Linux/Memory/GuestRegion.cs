using System.Runtime.InteropServices;

namespace Weft.Linux.Memory;

/// <summary>A piece of guest memory as its front end describes it (vhost-user, "A region is").</summary>
/// <param name="Guest">Guest-physical address of its first byte.</param>
/// <param name="Size">Bytes.</param>
/// <param name="User">The same byte in the front end's own address space: rings are named by these.</param>
/// <param name="FileOffset">Where it begins in its file.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct GuestRegion(ulong Guest, ulong Size, ulong User, ulong FileOffset)
{
    /// <summary>No end of it wraps around.</summary>
    public bool IsSound => Size > 0 && Guest + Size > Guest && User + Size > User && FileOffset + Size > FileOffset;

    /// <summary>How long its file must be.</summary>
    public ulong FileEnd => FileOffset + Size;

    public bool Overlaps(in GuestRegion other) =>
        (Guest < other.Guest + other.Size && other.Guest < Guest + Size) || (User < other.User + other.Size && other.User < User + Size);
}
