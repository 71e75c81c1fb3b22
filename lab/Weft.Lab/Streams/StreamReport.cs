using System.Globalization;

namespace Weft.Lab.Streams;

/// <summary>How a checked stream went.</summary>
/// <param name="Right">Every byte came, once, unchanged and in order, and nothing after the last.</param>
/// <param name="StallMilliseconds">The longest time without progress, as the reporting end saw it.</param>
internal sealed record StreamReport(long Bytes, bool Right, double Seconds, double StallMilliseconds)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Right ? "right" : "wrong")} {Bytes} {Seconds:0.000} {StallMilliseconds:0.0}");

    /// <summary>Reads what <see cref="ToString"/> wrote; anything else is a failed stream that says why.</summary>
    public static StreamReport Parse(string line) =>
        line.Trim().Split(' ') is [("right" or "wrong") and var verdict, var bytes, var seconds, var stall]
            ? new StreamReport(long.Parse(bytes), verdict == "right", double.Parse(seconds, CultureInfo.InvariantCulture), double.Parse(stall, CultureInfo.InvariantCulture))
            : throw new IOException($"the stream broke: {line.Trim()}");
}
