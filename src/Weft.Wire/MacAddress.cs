using System.Globalization;

namespace Weft.Wire;

/// <summary>A 48-bit Ethernet address (IEEE 802-2014 §8.2), kept in the low 48 bits, first octet highest.</summary>
public readonly record struct MacAddress(ulong Value) : ISpanFormattable
{
    public const int Size = 6;

    public static MacAddress Broadcast => new(0xffff_ffff_ffffUL);

    /// <summary>The group bit (I/G) of the first octet: multicast and broadcast.</summary>
    public bool IsGroup => (Value & 0x0100_0000_0000UL) != 0;

    public bool IsBroadcast => Value == 0xffff_ffff_ffffUL;

    public bool IsZero => Value == 0;

    public static unsafe MacAddress Read(byte* at) => new(((ulong)NetworkOrder.Read32(at) << 16) | NetworkOrder.Read16(at + 4));

    /// <summary>Reads the first six bytes; the caller has checked that they are there.</summary>
    public static unsafe MacAddress Read(ReadOnlySpan<byte> bytes)
    {
        _ = bytes[5];
        fixed (byte* at = bytes)
        {
            return Read(at);
        }
    }

    public unsafe void Write(byte* at)
    {
        NetworkOrder.Write32(at, (uint)(Value >> 16));
        NetworkOrder.Write16(at + 4, (ushort)Value);
    }

    public unsafe void Write(Span<byte> bytes)
    {
        _ = bytes[5];
        fixed (byte* at = bytes)
        {
            Write(at);
        }
    }

    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress mac)
    {
        mac = default;
        if (text.Length != 17)
        {
            return false;
        }
        ulong value = 0;
        for (int i = 0; i < 6; i++)
        {
            if ((i > 0 && text[i * 3 - 1] is not (':' or '-')) ||
                !byte.TryParse(text.Slice(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                return false;
            }
            value = (value << 8) | octet;
        }
        mac = new MacAddress(value);
        return true;
    }

    public override string ToString() => ToString(null, null);

    public string ToString(string? format, IFormatProvider? formatProvider) => string.Create(CultureInfo.InvariantCulture,
        $"{(byte)(Value >> 40):x2}:{(byte)(Value >> 32):x2}:{(byte)(Value >> 24):x2}:{(byte)(Value >> 16):x2}:{(byte)(Value >> 8):x2}:{(byte)Value:x2}");

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite(CultureInfo.InvariantCulture, $"{ToString(null, null)}", out charsWritten);
}
