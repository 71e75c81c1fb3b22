namespace Weft.Lab.Load;

/// <summary>Sizes by tier: small for every run, the promised numbers in "ci" and "long".</summary>
internal static class LoadTier
{
    /// <summary>The promised numbers are asked for.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("WEFT_TIER") is "ci" or "long";

    public static int Pick(int test, int full) => IsFull ? full : test;
}
