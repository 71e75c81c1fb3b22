namespace Weft.Lab.Survival;

/// <summary>How much a scene does, by the tier that runs it: a sample in every run, the whole proof in the long one.</summary>
internal static class Tier
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("WEFT_TIER") == "long";

    public static int Of(int sample, int whole) => IsLong ? whole : sample;
}
