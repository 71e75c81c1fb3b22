using System.Globalization;

namespace Weft.Lab.Load;

/// <summary>How many connections did what they should, and how those failed that did not.</summary>
/// <param name="SlowestMilliseconds">The longest wait for a connect, answered or refused.</param>
/// <param name="Error">Of the last that failed; "none".</param>
internal sealed record ConnectionReport(int Right, int Failed, double SlowestMilliseconds, string Error)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Right} {Failed} {SlowestMilliseconds:0} {Error}");

    public static ConnectionReport Parse(string? line) => line?.Trim().Split(' ') is [var right, var failed, var slowest, var error]
        ? new ConnectionReport(int.Parse(right, CultureInfo.InvariantCulture), int.Parse(failed, CultureInfo.InvariantCulture),
            double.Parse(slowest, CultureInfo.InvariantCulture), error)
        : throw new IOException($"no report of connections: {line}");
}
