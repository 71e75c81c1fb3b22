using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>The header of a modern device in front of every frame (virtio 1.2 §5.1.6): what is still to do, and how many buffers it lies in.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct NetHeader(Offload Offload, ushort BufferCount)
{
    public const int Size = 12;

    /// <summary>Without its last field: what drivers from before 1.0 have when buffers are not merged.</summary>
    public const int LegacySize = 10;

    public NetHeader(Offload offload)
        : this(offload, 0)
    {
    }

    public static int SizeFor(DeviceFeatures features) =>
        (features & (DeviceFeatures.Version1 | DeviceFeatures.MergeableBuffers)) != 0 ? Size : LegacySize;

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        MemoryMarshal.Write(bytes, in this);
        return bytes;
    }

    public static NetHeader Read(ReadOnlySpan<byte> bytes)
    {
        Span<byte> whole = stackalloc byte[Size];
        bytes[..Math.Min(Size, bytes.Length)].CopyTo(whole);
        return MemoryMarshal.Read<NetHeader>(whole);
    }
}
