using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weft.Wire;

/// <summary>Numbers in network order at any address, aligned or not. The caller has checked the bounds.</summary>
public static unsafe class NetworkOrder
{
    public static ushort Read16(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(at));

    public static uint Read32(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(at));

    public static ulong Read64(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(at));

    public static void Write16(byte* at, ushort value) => Unsafe.WriteUnaligned(at, BinaryPrimitives.ReverseEndianness(value));

    public static void Write32(byte* at, uint value) => Unsafe.WriteUnaligned(at, BinaryPrimitives.ReverseEndianness(value));

    public static void Write64(byte* at, ulong value) => Unsafe.WriteUnaligned(at, BinaryPrimitives.ReverseEndianness(value));
}
