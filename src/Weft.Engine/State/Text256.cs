using System.Runtime.CompilerServices;

namespace Weft.Engine.State;

/// <summary>Up to 255 bytes of UTF-8 in a record, zero-filled: room for every name of DNS.</summary>
[InlineArray(Size)]
public struct Text256
{
    public const int Size = 256;

    private byte _first;

    public static Text256 From(ReadOnlySpan<char> text)
    {
        Text256 value = default;
        FixedText.Write(value, text);
        return value;
    }

    public override string ToString() => FixedText.Read(this);
}
