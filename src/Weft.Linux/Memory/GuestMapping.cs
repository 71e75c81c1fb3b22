namespace Weft.Linux.Memory;

/// <summary>One region as it is mapped: from the start of its file, since an offset within a huge page cannot be mapped.</summary>
internal unsafe struct GuestMapping
{
    private const int ProtectReadWrite = 3;
    private const int MapSharedNoReserve = 1 | 0x4000;
    private const int AdviceDoNotDump = 16;

    public GuestRegion Region;

    /// <summary>The region's first byte.</summary>
    public byte* Start;

    /// <summary>What was mapped: the file's first byte, and how far.</summary>
    public byte* Base;
    public ulong Mapped;

    /// <summary>A file shorter than its region, or one that is no memory (a pipe, a folder, read only), is refused.</summary>
    public static int TryMap(in GuestRegion region, int descriptor, out GuestMapping mapping)
    {
        mapping = default;
        ulong end = region.FileEnd;
        long length = MemoryCalls.GetLength(descriptor);
        if (length < 0 || (ulong)length < end)
        {
            return length < 0 ? (int)length : -Errno.EINVAL;
        }
        // Unmapping huge pages wants whole ones; their files say so in their block size.
        long page = MemoryCalls.GetBlockSize(descriptor);
        if (page <= 0)
        {
            return (int)page;
        }
        ulong size = (end + (ulong)page - 1) / (ulong)page * (ulong)page;
        nint mapped = MemoryCalls.Map(size, ProtectReadWrite, MapSharedNoReserve, descriptor);
        if (mapped is < 0 and > -4096)
        {
            return (int)mapped;
        }
        MemoryCalls.Advise((void*)mapped, size, AdviceDoNotDump);
        mapping = new GuestMapping { Region = region, Base = (byte*)mapped, Mapped = size, Start = (byte*)mapped + region.FileOffset };
        return 0;
    }

    public void Unmap()
    {
        MemoryCalls.Unmap(Base, Mapped);
        this = default;
    }
}
