using System.Buffers.Binary;
using Weft.Linux;
using Weft.Linux.Memory;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>
/// One region of guest memory: a memfd, shared from an offset on, with guards before and behind that nobody may touch.
/// A front end's own address is not the guest's, and the two are kept well apart here.
/// </summary>
public sealed unsafe class GuestRegion : IDisposable
{
    public const ulong Guard = 1 << 16;

    private const byte GuardByte = 0xc3;
    private const ulong UserOffset = 0x5a00_0000_0000;
    private const int AddSeals = 1033;
    private const int SealShrinkAndGrow = 2 | 4;
    private const int ProtectReadWrite = 3;
    private const int MapShared = 1;

    private static int s_count;

    private readonly byte* _file;
    private readonly ulong _fileSize;

    public GuestRegion(ulong address, ulong size, bool isSealed = true)
    {
        Address = address;
        Size = size;
        Name = $"guest-{Interlocked.Increment(ref s_count)}";
        Heap = new GuestHeap(address, size);
        Descriptor = LinuxException.Check(MemoryCalls.CreateFile(Name), "memfd");
        _fileSize = Guard + size + Guard;
        LinuxException.Check(Resize(_fileSize), "ftruncate");
        nint mapped = MemoryCalls.Map(_fileSize, ProtectReadWrite, MapShared, Descriptor);
        Assert.True(mapped > 0);
        _file = (byte*)mapped;
        new Span<byte>(_file, (int)Guard).Fill(GuardByte);
        new Span<byte>(_file + Guard + size, (int)Guard).Fill(GuardByte);
        if (isSealed)
        {
            LinuxException.Check(MemoryCalls.FileControl(Descriptor, AddSeals, SealShrinkAndGrow), "seal");
        }
    }

    /// <summary>As /proc shows it: "/memfd:guest-7 (deleted)".</summary>
    public string Target => $"/memfd:{Name} (deleted)";

    public string Name { get; }

    public int Descriptor { get; }

    /// <summary>Guest-physical.</summary>
    public ulong Address { get; }

    public ulong Size { get; }

    public ulong End => Address + Size;

    /// <summary>What the front end calls its first byte.</summary>
    public ulong UserAddress => UserOffset + Address;

    public ulong FileOffset => Guard;

    public byte* Start => _file + Guard;

    public GuestHeap Heap { get; }

    /// <summary>The region as messages describe it: guest address, size, front end's address, offset into the file.</summary>
    public byte[] Describe() => Describe(Address, Size, UserAddress, FileOffset);

    public static byte[] Describe(ulong address, ulong size, ulong userAddress, ulong fileOffset)
    {
        byte[] payload = new byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, address);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(8), size);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(16), userAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(24), fileOffset);
        return payload;
    }

    /// <summary>Grows or cuts the file; −EPERM when it is sealed.</summary>
    public int Resize(ulong fileSize) => MemoryCalls.SetLength(Descriptor, fileSize);

    /// <summary>Copies of the file's mapping that this process has, the region's own included.</summary>
    public int Mappings() => File.ReadLines("/proc/self/maps").Count(line => line.EndsWith(Target, StringComparison.Ordinal));

    public bool AreGuardsWhole() =>
        new ReadOnlySpan<byte>(_file, (int)Guard).IndexOfAnyExcept(GuardByte) < 0 &&
        new ReadOnlySpan<byte>(_file + Guard + Size, (int)Guard).IndexOfAnyExcept(GuardByte) < 0;

    public void Dispose()
    {
        MemoryCalls.Unmap(_file, _fileSize);
        FileCalls.Close(Descriptor);
    }
}
