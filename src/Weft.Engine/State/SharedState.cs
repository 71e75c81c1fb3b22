using System.Runtime.CompilerServices;

namespace Weft.Engine.State;

/// <summary>A flat array of fixed-size records in the shared memory.</summary>
public readonly unsafe struct RecordArray<T>(byte* start, int capacity)
    where T : unmanaged
{
    public int Capacity => capacity;

    public T* Start => (T*)start;

    public ref T this[int index] => ref ((T*)start)[index];

    public T* At(int index) => (T*)start + index;

    /// <summary>Part <paramref name="part"/> of <paramref name="parts"/> of the same size: one lane's.</summary>
    public RecordArray<T> Part(int part, int parts)
    {
        int size = capacity / parts;
        return new RecordArray<T>((byte*)((T*)start + part * size), size);
    }
}

/// <summary>
/// The shared memory as arrays: laid out once by the first worker, opened by each later one and by the daemon (read only).
/// Pages are touched only when used, so large capacities cost address space, not memory.
/// </summary>
public sealed unsafe class SharedState
{
    private readonly byte* _start;

    private SharedState(byte* start)
    {
        _start = start;
    }

    public byte* Start => _start;

    public ref SharedHeader Header => ref *(SharedHeader*)_start;

    public ref WorkerStatus Worker => ref *(WorkerStatus*)(_start + Header.Arrays[(int)SharedArray.Worker].Offset);

    /// <summary>Array <paramref name="which"/>; <typeparamref name="T"/> must be its record.</summary>
    public RecordArray<T> Array<T>(SharedArray which)
        where T : unmanaged
    {
        ref SharedArrayHeader header = ref Header.Arrays[(int)which];
        if (header.Capacity != 0 && header.RecordSize != (uint)sizeof(T))
        {
            throw new InvalidOperationException($"{which} holds records of {header.RecordSize} bytes, not {sizeof(T)}");
        }
        return new RecordArray<T>(_start + header.Offset, (int)header.Capacity);
    }

    /// <summary>Opens what lies at <paramref name="start"/>; false when magic, version or bounds are not ours: start cold and say so.</summary>
    public static bool TryOpen(byte* start, ulong size, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SharedState? state)
    {
        state = null;
        if (size < (ulong)sizeof(SharedHeader))
        {
            return false;
        }
        ref SharedHeader header = ref *(SharedHeader*)start;
        if (header.Magic != SharedHeader.ExpectedMagic || header.Version != SharedHeader.CurrentVersion ||
            header.ArrayCount != (uint)SharedArray.Count || header.TotalSize > size)
        {
            return false;
        }
        for (int i = 0; i < (int)SharedArray.Count; i++)
        {
            ref SharedArrayHeader array = ref header.Arrays[i];
            if (array.Offset > size || (ulong)array.RecordSize * array.Capacity > size - array.Offset)
            {
                return false;
            }
        }
        state = new SharedState(start);
        return true;
    }

    /// <summary>Lays out zeroed memory. The magic is written last.</summary>
    public static SharedState Create(byte* start, ReadOnlySpan<(SharedArray Which, int RecordSize, int Capacity)> arrays)
    {
        ref SharedHeader header = ref *(SharedHeader*)start;
        header.Version = SharedHeader.CurrentVersion;
        header.ArrayCount = (uint)SharedArray.Count;
        header.TotalSize = SizeOf(arrays);
        ulong offset = Align((ulong)sizeof(SharedHeader));
        foreach ((SharedArray which, int recordSize, int capacity) in arrays)
        {
            ref SharedArrayHeader array = ref header.Arrays[(int)which];
            array.Offset = offset;
            array.RecordSize = (uint)recordSize;
            array.Capacity = (uint)capacity;
            offset += Align((ulong)recordSize * (uint)capacity);
        }
        Volatile.Write(ref Unsafe.AsRef(ref header.Magic), SharedHeader.ExpectedMagic);
        return new SharedState(start);
    }

    /// <summary>Bytes that <see cref="Create"/> needs.</summary>
    public static ulong SizeOf(ReadOnlySpan<(SharedArray Which, int RecordSize, int Capacity)> arrays)
    {
        ulong size = Align((ulong)sizeof(SharedHeader));
        foreach ((SharedArray _, int recordSize, int capacity) in arrays)
        {
            size += Align((ulong)recordSize * (uint)capacity);
        }
        return size;
    }

    private static ulong Align(ulong size) => (size + 4095) & ~4095UL;
}
