using System.Globalization;

namespace Weft.Model.Attaching;

/// <summary>Sizes as QEMU has them: a number and one of B, K, M, G, T, P, E, which are powers of 1024.</summary>
public static class MemorySize
{
    private const string Units = "BKMGTPE";

    /// <summary>QEMU's sizes are rounded up to this.</summary>
    private const long Step = 8192;

    /// <summary>Reads "512", "512M", "1.5G" or "0x200"; a number alone is in <paramref name="unit"/>.</summary>
    public static bool TryParse(string text, char unit, out long bytes)
    {
        bytes = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number) &&
                TryScale(number, unit, out bytes);
        }
        if (text.Length > 0 && !char.IsAsciiDigit(text[^1]))
        {
            (text, unit) = (text[..^1], char.ToUpperInvariant(text[^1]));
        }
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) && TryScale(value, unit, out bytes);
    }

    /// <summary>"1536M": in the largest unit up to G that leaves no rest.</summary>
    public static string Text(long bytes)
    {
        int unit = 0;
        while (unit < Units.IndexOf('G') && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }
        return unit == 0 ? $"{bytes}" : $"{bytes}{Units[unit]}";
    }

    private static bool TryScale(decimal number, char unit, out long bytes)
    {
        bytes = 0;
        int power = Units.IndexOf(unit);
        if (power < 0 || number <= 0 || number > (decimal)long.MaxValue / 2 / (1L << (10 * power)))
        {
            return false;
        }
        bytes = ((long)(number * (1L << (10 * power))) + Step - 1) / Step * Step;
        return true;
    }
}
