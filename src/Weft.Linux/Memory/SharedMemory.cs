using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weft.Linux.Memory;

/// <summary>
/// Theory. Shared memory that outlives a process: a memfd, handed on as a descriptor and mapped by each holder.
/// It is sealed against shrinking before it is mapped: a file that shrinks under a mapping kills a .NET process (SIGBUS),
/// so what is not sealed is not mapped. Pages come when they are touched; a large size costs address space only.
/// The keeper makes it without a size, since it does not know the records; the first worker sizes it.
/// </summary>
public sealed unsafe class SharedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int GetSeals = 1034;
    private const int AddSeals = 1033;
    private const int SealShrink = 2;
    private const int ProtectRead = 1;
    private const int ProtectWrite = 2;
    private const int MapShared = 1;
    private const int AdviceRemove = 9;

    private byte* _start;

    private SharedMemory(int descriptor)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
    }

    /// <summary>Owned by this object; duplicate it to keep it longer.</summary>
    public int Descriptor => (int)handle;

    /// <summary>Where it is mapped; null while it has no size.</summary>
    public byte* Start => _start;

    /// <summary>Bytes mapped.</summary>
    public ulong Size { get; private set; }

    /// <summary>A new one without a size, for <see cref="Resize"/>.</summary>
    public static SharedMemory Create(string name) =>
        new(LinuxException.Check(MemoryCalls.CreateFile(name), "memfd_create"));

    /// <summary>A new one of <paramref name="size"/> zeroed bytes, mapped.</summary>
    public static SharedMemory Create(string name, ulong size)
    {
        SharedMemory memory = Create(name);
        memory.Resize(size);
        return memory;
    }

    /// <summary>Takes ownership of a received descriptor and maps what it has. Throws when it is not sealed or not to be mapped.</summary>
    public static SharedMemory Open(int descriptor, bool readOnly = false)
    {
        SharedMemory memory = new(descriptor);
        try
        {
            memory.Map(readOnly);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Grows the file, seals it against shrinking and maps it anew: <see cref="Start"/> may change.</summary>
    public void Resize(ulong size)
    {
        LinuxException.Check(MemoryCalls.SetLength(Descriptor, size), "ftruncate");
        LinuxException.Check(MemoryCalls.FileControl(Descriptor, AddSeals, SealShrink), "seal");
        Map(readOnly: false);
    }

    /// <summary>Maps again when another process has given the file its size or made it larger. True when there is a mapping.</summary>
    public bool Refresh()
    {
        Map(readOnly: false);
        return _start is not null;
    }

    /// <summary>Zeroes everything and gives the pages back.</summary>
    public void Clear() => LinuxException.Check(MemoryCalls.Advise(_start, Size, AdviceRemove), "madvise");

    protected override bool ReleaseHandle()
    {
        Unmap();
        return FileCalls.Close((int)handle) >= 0;
    }

    private void Map(bool readOnly)
    {
        long size = MemoryCalls.GetLength(Descriptor);
        LinuxException.Check((int)Math.Min(size, 0), "shared memory");
        if (size == 0 || (ulong)size == Size)
        {
            return;
        }
        int seals = LinuxException.Check(MemoryCalls.FileControl(Descriptor, GetSeals, 0), "shared memory");
        if ((seals & SealShrink) == 0)
        {
            throw new LinuxException("shared memory is not sealed against shrinking", Errno.EPERM);
        }
        Unmap();
        nint mapped = MemoryCalls.Map((ulong)size, readOnly ? ProtectRead : ProtectRead | ProtectWrite, MapShared, Descriptor);
        LinuxException.Check((int)(mapped is < 0 and > -4096 ? mapped : 0), "mmap");
        _start = (byte*)mapped;
        Size = (ulong)size;
    }

    private void Unmap()
    {
        if (_start is not null)
        {
            MemoryCalls.Unmap(_start, Size);
            _start = null;
            Size = 0;
        }
    }
}
