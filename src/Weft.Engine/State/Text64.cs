using System.Runtime.CompilerServices;

namespace Weft.Engine.State;

/// <summary>Up to 63 bytes of UTF-8 in a record, zero-filled.</summary>
[InlineArray(Size)]
public struct Text64
{
    public const int Size = 64;

    private byte _first;

    public static Text64 From(ReadOnlySpan<char> text)
    {
        Text64 value = default;
        FixedText.Write(value, text);
        return value;
    }

    /// <summary>The bytes up to the first zero.</summary>
    public static ReadOnlySpan<byte> Bytes(ref readonly Text64 text) => FixedText.Bytes(text);

    public override string ToString() => FixedText.Read(this);
}

/// <summary>Up to 107 bytes of a socket's path, as <c>sun_path</c>.</summary>
[InlineArray(Size)]
public struct Text108
{
    public const int Size = 108;

    private byte _first;

    public static Text108 From(ReadOnlySpan<char> text)
    {
        Text108 value = default;
        FixedText.Write(value, text);
        return value;
    }

    public override string ToString() => FixedText.Read(this);
}
