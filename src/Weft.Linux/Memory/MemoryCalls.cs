namespace Weft.Linux.Memory;

/// <summary>Calls on memory files and mappings, through the seam.</summary>
internal static unsafe class MemoryCalls
{
    private const uint CloseOnExecAndSealable = 1 | 2;
    private const int SeekEnd = 2;

    public static int CreateFile(string name)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        fixed (byte* at = PathBytes.From(name))
        {
            return Seam.Result(Libc.memfd_create(at, CloseOnExecAndSealable));
        }
    }

    public static int SetLength(int descriptor, ulong length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.ftruncate(descriptor, (long)length));
    }

    public static long GetLength(int descriptor)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result((nint)Libc.lseek(descriptor, 0, SeekEnd));
    }

    /// <summary>st_blksize, at the same place on x86-64 and arm64: the page size for a file in memory.</summary>
    public static long GetBlockSize(int descriptor)
    {
        const int sizeOfStat = 144;
        const int blockSizeAt = 56;
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        byte* status = stackalloc byte[sizeOfStat];
        int result = Seam.Result(Libc.fstat(descriptor, status));
        return result < 0 ? result : *(int*)(status + blockSizeAt);
    }

    public static int FileControl(int descriptor, int command, int argument)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.fcntl(descriptor, command, argument));
    }

    /// <summary>The address, or a negated errno (addresses of user space are above zero).</summary>
    public static nint Map(ulong size, int protection, int flags, int descriptor)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result((nint)Libc.mmap(null, (nuint)size, protection, flags, descriptor, 0));
    }

    public static int Unmap(void* start, ulong size)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.munmap(start, (nuint)size));
    }

    public static int Advise(void* start, ulong size, int advice)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.madvise(start, (nuint)size, advice));
    }
}
