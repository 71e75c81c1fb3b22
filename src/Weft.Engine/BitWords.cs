using System.Numerics;

namespace Weft.Engine;

/// <summary>Bits in words of 64: which places of an array are in use.</summary>
public static class BitWords
{
    public const int WordBits = 64;

    /// <summary>The first bit at or behind <paramref name="from"/> that is set; −1 when none is.</summary>
    public static int NextSet(ReadOnlySpan<ulong> words, int from)
    {
        ulong mask = ulong.MaxValue << (from % WordBits);
        for (int word = from / WordBits; word < words.Length; word++, mask = ulong.MaxValue)
        {
            if ((words[word] & mask) is not 0 and ulong set)
            {
                return word * WordBits + BitOperations.TrailingZeroCount(set);
            }
        }
        return -1;
    }
}
