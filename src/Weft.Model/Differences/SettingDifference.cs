namespace Weft.Model.Differences;

/// <summary>A setting before and after; <paramref name="From"/> is null for something new.</summary>
public sealed record SettingDifference(string Name, string? From, string To)
{
    public override string ToString() => From is null ? $"{Name} {To}" : $"{Name} {From} → {To}";
}
