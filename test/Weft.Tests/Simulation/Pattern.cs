namespace Weft.Tests.Simulation;

/// <summary>Bytes that depend on their position, so that a lost, doubled or moved one shows.</summary>
internal static class Pattern
{
    public static byte At(long position)
    {
        ulong z = (ulong)(position >> 3) * 0x9e37_79b9_7f4a_7c15UL;
        z = (z ^ (z >> 29)) * 0xbf58_476d_1ce4_e5b9UL;
        return (byte)(z >> (8 * (int)(position & 7)));
    }

    public static void Fill(Span<byte> bytes, long position)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = At(position + i);
        }
    }

    /// <summary>Position of the first wrong byte, or −1.</summary>
    public static long FirstWrong(ReadOnlySpan<byte> bytes, long position)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(position + i))
            {
                return position + i;
            }
        }
        return -1;
    }
}
