using Weft.Linux;

namespace Weft.Bench.Scale;

/// <summary>
/// Theory. The driver's side of a split virtqueue (virtio 1.2 §2.7) whose chains are always the same: descriptor i and entry i
/// of the available ring name buffer i, for good. The device gives chains back in order, so to fill the ring is to write into
/// buffers and move one index, and to empty it is to read what came and move it again. The device is kicked when it asks for
/// it, the driver never: the event that the driver would be told of is kept half a turn of the index away. Laid out as Linux does: table, available
/// ring, used ring on the next cache line.
/// </summary>
internal sealed unsafe class DriverRing
{
    public const int Size = 256;
    public const int BufferSize = 2048;

    /// <summary>Bytes from one ring to the next: the pages it takes.</summary>
    public const int RingStride = 8192;

    private const int DescriptorSize = 16;
    private const int AvailableAt = Size * DescriptorSize;
    private const int UsedAt = (AvailableAt + (Size + 3) * sizeof(ushort) + 63) & ~63;
    private const int EntriesAt = 4;
    private const ushort DeviceWrites = 2;
    private const ushort FarAway = 0x8000;

    private readonly byte* _start;
    private readonly byte* _buffers;
    private ushort _added;
    private ushort _seen;

    /// <param name="buffersAddress">The same place as the guest names it.</param>
    public DriverRing(byte* start, byte* buffers, ulong buffersAddress, int length, bool deviceWrites)
    {
        _start = start;
        _buffers = buffers;
        for (int i = 0; i < Size; i++)
        {
            byte* descriptor = start + i * DescriptorSize;
            *(ulong*)descriptor = buffersAddress + (ulong)i * BufferSize;
            *(uint*)(descriptor + 8) = (uint)length;
            *(ushort*)(descriptor + 12) = deviceWrites ? DeviceWrites : (ushort)0;
            ((ushort*)(start + AvailableAt))[2 + i] = (ushort)i;
        }
        See(0);
    }

    public ulong Table => (ulong)_start;

    public ulong Available => (ulong)_start + AvailableAt;

    public ulong Used => (ulong)_start + UsedAt;

    /// <summary>Chains that the device has and has not given back.</summary>
    public int AtDevice => (ushort)(_added - UsedIndex);

    /// <summary>Chains given back and not yet seen.</summary>
    public int Returned => (ushort)(UsedIndex - _seen);

    private ushort UsedIndex => Volatile.Read(ref *UsedIndexOf(_start));

    public static ushort* AvailableIndexOf(byte* ring) => (ushort*)(ring + AvailableAt + 2);

    public static ushort* UsedIndexOf(byte* ring) => (ushort*)(ring + UsedAt + 2);

    /// <summary>As a device does it.</summary>
    public static void WriteUsed(byte* ring, int index, uint written)
    {
        index &= Size - 1;
        ((ulong*)(ring + UsedAt + EntriesAt))[index] = (ulong)written << 32 | (uint)index;
    }

    /// <summary>The buffer that is <paramref name="ahead"/> behind the one to be added next.</summary>
    public byte* Next(int ahead) => _buffers + ((_added + ahead) & (Size - 1)) * BufferSize;

    /// <summary>The returned buffer that is <paramref name="ahead"/> behind the first, and how much was written into it.</summary>
    public byte* ReturnedAt(int ahead, out uint written)
    {
        int index = (_seen + ahead) & (Size - 1);
        written = (uint)(((ulong*)(_start + UsedAt + EntriesAt))[index] >> 32);
        return _buffers + index * BufferSize;
    }

    /// <summary>What tells the device; −1: nothing does.</summary>
    public int Kick { get; set; } = -1;

    public void Add(int chains)
    {
        _added += (ushort)chains;
        Volatile.Write(ref *AvailableIndexOf(_start), _added);
        Interlocked.MemoryBarrier();
        ushort wanted = Volatile.Read(ref *(ushort*)(_start + UsedAt + EntriesAt + Size * sizeof(ulong)));
        if ((ushort)(_added - wanted - 1) < chains && Kick >= 0)
        {
            ulong one = 1;
            FileCalls.Write(Kick, &one, sizeof(ulong));
        }
    }

    public void See(int chains)
    {
        _seen += (ushort)chains;
        ((ushort*)(_start + AvailableAt))[2 + Size] = (ushort)(_seen + FarAway);
    }
}
