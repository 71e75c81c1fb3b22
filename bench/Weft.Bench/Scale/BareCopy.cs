using System.Runtime.Intrinsics.X86;
using Weft.Linux;
using Weft.Linux.Memory;

namespace Weft.Bench.Scale;

/// <summary>
/// The yardstick: a device that checks nothing and decides nothing. It copies what one guest sent into the next buffers of
/// another and shows both, over a mapping of its own, and knows beforehand where everything lies. What this costs with many
/// guests is their memory's doing (caches, page walks), whoever forwards.
/// </summary>
internal sealed unsafe class BareCopy(SharedMemory memory) : IDisposable
{
    private readonly SharedMemory _mapped = SharedMemory.Open(LinuxException.Check(FileCalls.Duplicate(memory.Descriptor), "dup"));

    public void SendTo(BareCopy to)
    {
        byte* sends = _mapped.Start + DriverRing.RingStride;
        byte* receives = to._mapped.Start;
        ushort sent = *DriverRing.UsedIndexOf(sends);
        ushort received = *DriverRing.UsedIndexOf(receives);
        int count = (ushort)(*DriverRing.AvailableIndexOf(sends) - sent);
        for (int i = 0; i < count && Sse.IsSupported; i++)
        {
            Fetch(MemoryGuest.BufferOf(_mapped.Start, 1, sent + i));
            Fetch(MemoryGuest.BufferOf(to._mapped.Start, 0, received + i));
        }
        for (int i = 0; i < count; i++)
        {
            Buffer.MemoryCopy(MemoryGuest.BufferOf(_mapped.Start, 1, sent + i), MemoryGuest.BufferOf(to._mapped.Start, 0, received + i),
                MemoryGuest.MessageSize, MemoryGuest.MessageSize);
            DriverRing.WriteUsed(receives, received + i, MemoryGuest.MessageSize);
            DriverRing.WriteUsed(sends, sent + i, 0);
        }
        Volatile.Write(ref *DriverRing.UsedIndexOf(receives), (ushort)(received + count));
        Volatile.Write(ref *DriverRing.UsedIndexOf(sends), (ushort)(sent + count));
    }

    public void Dispose() => _mapped.Dispose();

    private static void Fetch(byte* at)
    {
        Sse.Prefetch0(at);
        Sse.Prefetch0(at + 64);
    }
}
