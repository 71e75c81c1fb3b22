namespace Weft.Lab.Load;

/// <summary>Sizes by tier: small for every run, the promised numbers in "long".</summary>
internal static class LoadTier
{
    /// <summary>The promised numbers are asked for.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("WEFT_TIER") == "long";

    /// <summary>Longest pause of a stream, milliseconds. Where other things run on the machine, only a stall for good counts.</summary>
    public static double StallLimit => IsFull ? 3000 : 10_000;

    public static int Pick(int test, int full) => IsFull ? full : test;
}
