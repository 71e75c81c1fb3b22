using System.Globalization;

namespace Weft.Cli.Output;

/// <summary>Numbers for people: three figures, SI steps of 1000.</summary>
public static class Units
{
    private static readonly string[] Steps = ["", "k", "M", "G", "T"];

    /// <summary>"310 Mbit/s".</summary>
    public static string BitsPerSecond(double bits)
    {
        (string number, string step) = Scale(bits);
        return $"{number} {step}bit/s";
    }

    /// <summary>"1.1k pkt/s".</summary>
    public static string PacketsPerSecond(double packets)
    {
        (string number, string step) = Scale(packets);
        return $"{number}{step} pkt/s";
    }

    /// <summary>"1.1k".</summary>
    public static string Count(long count)
    {
        (string number, string step) = Scale(count);
        return number + step;
    }

    /// <summary>"00:00:41", with days in front when there are any.</summary>
    public static string Duration(double seconds)
    {
        TimeSpan span = TimeSpan.FromSeconds(Math.Floor(seconds));
        string clock = span.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        return span.Days > 0 ? $"{span.Days}d {clock}" : clock;
    }

    private static (string Number, string Step) Scale(double value)
    {
        int step = 0;
        // 999.5 would be written "1000".
        while (value >= 999.5 && step < Steps.Length - 1)
        {
            value /= 1000;
            step++;
        }
        string format = step > 0 && value < 9.95 ? "0.0" : "0";
        return (value.ToString(format, CultureInfo.InvariantCulture), Steps[step]);
    }
}
