namespace Weft.Gateway.Nat;

/// <summary>
/// The word that makes a record of the shared memory valid, written last at birth and first at death: which life of the record
/// this is in the upper 56 bits, its state in the lowest 8 (0 = free). It is zero only while the record was never used.
/// </summary>
internal static class RecordStamp
{
    public static void Write(ref ulong stamp, ulong generation, byte state) => Volatile.Write(ref stamp, (generation << 8) | state);

    /// <summary>Free, the generation kept.</summary>
    public static void Clear(ref ulong stamp) => Volatile.Write(ref stamp, stamp & ~0xffUL);

    public static byte StateOf(ulong stamp) => (byte)stamp;

    public static ulong GenerationOf(ulong stamp) => stamp >> 8;
}
