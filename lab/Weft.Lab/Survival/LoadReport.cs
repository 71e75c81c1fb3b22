using System.Globalization;

namespace Weft.Lab.Survival;

/// <summary>How a load went: streams that were right to the last byte, and the longest time that one made no progress.</summary>
internal sealed record LoadReport(int Right, int Failed, long Bytes, double StallMilliseconds)
{
    public static LoadReport operator +(LoadReport one, LoadReport other) => new(
        one.Right + other.Right, one.Failed + other.Failed, one.Bytes + other.Bytes, Math.Max(one.StallMilliseconds, other.StallMilliseconds));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"report {Right} {Failed} {Bytes} {StallMilliseconds:0}");

    public static LoadReport? TryParse(string line) => line.Split(' ') is ["report", var right, var failed, var bytes, var stall]
        ? new LoadReport(int.Parse(right), int.Parse(failed), long.Parse(bytes), double.Parse(stall, CultureInfo.InvariantCulture))
        : null;
}
