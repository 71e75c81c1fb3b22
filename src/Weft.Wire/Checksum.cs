using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weft.Wire;

/// <summary>
/// Theory. The Internet checksum (RFC 1071) is the complement of the one's complement sum of 16-bit words. That sum does not
/// care for byte order, as long as words are loaded and stored the same way, nor for the width of the addition, as long as
/// every carry comes back in. So words are loaded as they lie, eight lanes at a time, each half of a 64-bit lane into an
/// accumulator of its own (no carry can be lost below 2^32 words); the fold to 16 bits comes last.
/// A partial sum is a <c>uint</c> below 2^17: several may be added before <see cref="Fold"/>. All 16-bit values here are in
/// the order of memory: store them as they are (<see cref="Store"/>), not through <see cref="NetworkOrder"/>.
/// A piece that starts at an odd offset of the whole has its bytes exchanged (<see cref="ChecksumRun"/>).
/// </summary>
public static unsafe class Checksum
{
    private const int WideBytes = 64;

    /// <summary>Partial sum of <paramref name="length"/> bytes; an odd last byte is padded with zero.</summary>
    public static uint Sum(byte* at, int length, uint sum = 0)
    {
        ulong total = sum;
        if (length >= WideBytes && Vector256.IsHardwareAccelerated)
        {
            int wide = length & ~(WideBytes - 1);
            total += SumWide(at, wide);
            at += wide;
            length -= wide;
        }
        for (; length >= 4; at += 4, length -= 4)
        {
            total += Unsafe.ReadUnaligned<uint>(at);
        }
        if (length >= 2)
        {
            total += Unsafe.ReadUnaligned<ushort>(at);
            at += 2;
            length -= 2;
        }
        if (length == 1)
        {
            total += *at;
        }
        return Shorten(total);
    }

    public static uint Sum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        fixed (byte* at = bytes)
        {
            return Sum(at, bytes.Length, sum);
        }
    }

    /// <summary>Sum of the pseudo header (RFC 9293 §3.1; RFC 8200 §8.1 when the addresses are IPv6).</summary>
    /// <param name="length">Bytes of the transport header and its payload.</param>
    public static uint Pseudo(IpAddress source, IpAddress destination, byte protocol, int length)
    {
        byte* words = stackalloc byte[40];
        int addressSize = source.IsV4 && destination.IsV4 ? 4 : 16;
        if (addressSize == 4)
        {
            source.WriteV4(words);
            destination.WriteV4(words + 4);
        }
        else
        {
            source.WriteV6(words);
            destination.WriteV6(words + 16);
        }
        NetworkOrder.Write32(words + 2 * addressSize, (uint)length);
        NetworkOrder.Write32(words + 2 * addressSize + 4, protocol);
        return Sum(words, 2 * addressSize + 8);
    }

    /// <summary>The sum in 16 bits. What a sender leaves in the field when the receiver is to complete the checksum.</summary>
    public static ushort Fold(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)(sum + (sum >> 16));
    }

    /// <summary>The checksum: the complement of the folded sum.</summary>
    public static ushort Finish(uint sum) => (ushort)~Fold(sum);

    /// <summary>True for the sum over data that holds its own right checksum.</summary>
    public static bool IsRight(uint sum) => Fold(sum) == 0xffff;

    public static void Store(byte* at, ushort value) => Unsafe.WriteUnaligned(at, value);

    public static ushort Load(byte* at) => Unsafe.ReadUnaligned<ushort>(at);

    /// <summary>Adds a piece that starts at an even or odd offset of the whole.</summary>
    public static uint Add(uint sum, uint piece, bool atOddOffset)
    {
        uint folded = Fold(piece);
        return Shorten((ulong)sum + (atOddOffset ? (folded << 8 | folded >> 8) & 0xffff : folded));
    }

    /// <summary>The checksum after one 16-bit word changed (RFC 1624 eqn. 3). All three in memory order.</summary>
    public static ushort Update(ushort checksum, ushort before, ushort after) =>
        Finish((uint)(ushort)~checksum + (ushort)~before + after);

    /// <summary>The checksum after <paramref name="length"/> bytes at an even offset changed; length is even.</summary>
    public static ushort Update(ushort checksum, byte* before, byte* after, int length) =>
        Finish((ushort)~checksum + (uint)Finish(Sum(before, length)) + Fold(Sum(after, length)));

    /// <summary>Any total in at most 17 bits, every carry kept.</summary>
    private static uint Shorten(ulong total)
    {
        total = (total & 0xffff_ffff) + (total >> 32);
        uint half = (uint)total;
        half += (uint)(total >> 32);
        return (half & 0xffff) + (half >> 16);
    }

    private static ulong SumWide(byte* at, int length)
    {
        Vector256<ulong> low = Vector256.Create(0xffff_ffffUL);
        Vector256<ulong> evenA = default, oddA = default, evenB = default, oddB = default;
        for (byte* end = at + length; at < end; at += WideBytes)
        {
            Vector256<ulong> a = Vector256.Load((ulong*)at);
            Vector256<ulong> b = Vector256.Load((ulong*)(at + 32));
            evenA += a & low;
            oddA += Vector256.ShiftRightLogical(a, 32);
            evenB += b & low;
            oddB += Vector256.ShiftRightLogical(b, 32);
        }
        return Vector256.Sum(evenA + oddA + evenB + oddB);
    }
}
