using System.Buffers.Binary;
using Weft.Linux;
using Weft.Linux.Memory;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>The bitmap of pages that a back end wrote, one bit per 4 KiB of guest-physical address.</summary>
public sealed unsafe class DirtyLog : IDisposable
{
    public const ulong Page = 4096;

    private readonly SharedMemory _memory;

    /// <param name="end">The guest-physical address behind the last page.</param>
    public DirtyLog(ulong end)
    {
        Size = (end / Page / 8 + 1 + 7) & ~7UL;
        _memory = SharedMemory.Create("dirty-log", Size);
    }

    public ulong Size { get; }

    public int Descriptor => _memory.Descriptor;

    /// <summary>The payload of SET_LOG_BASE: size, offset into the file.</summary>
    public byte[] Describe() => Describe(Size, 0);

    public static byte[] Describe(ulong size, ulong offset)
    {
        byte[] payload = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, size);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(8), offset);
        return payload;
    }

    /// <summary>Numbers of the pages marked since the last time.</summary>
    public SortedSet<ulong> Take()
    {
        SortedSet<ulong> pages = [];
        for (ulong at = 0; at < Size; at++)
        {
            byte bits = _memory.Start[at];
            _memory.Start[at] = 0;
            for (int bit = 0; bits != 0; bit++, bits >>= 1)
            {
                if ((bits & 1) != 0)
                {
                    pages.Add(at * 8 + (ulong)bit);
                }
            }
        }
        return pages;
    }

    public static IEnumerable<ulong> PagesOf(ulong address, ulong bytes)
    {
        for (ulong page = address / Page; page <= (address + bytes - 1) / Page; page++)
        {
            yield return page;
        }
    }

    public void Dispose() => _memory.Dispose();
}
