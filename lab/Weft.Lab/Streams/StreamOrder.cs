using System.Buffers.Binary;

namespace Weft.Lab.Streams;

/// <summary>The first bytes of every checked stream: who sends, how much, and which pattern.</summary>
/// <param name="Upload">True: the client sends the pattern and is answered the count of right bytes. False: the server sends it.</param>
internal readonly record struct StreamOrder(bool Upload, long Bytes, ulong Seed)
{
    public const int Size = 24;

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        bytes[0] = (byte)(Upload ? 'U' : 'D');
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Seed);
        return bytes;
    }

    public static StreamOrder From(ReadOnlySpan<byte> bytes) => new(
        bytes[0] == 'U', BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
}
