using System.Runtime.CompilerServices;
using System.Text;

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
        Encoding.UTF8.GetEncoder().Convert(text, ((Span<byte>)value)[..(Size - 1)], flush: true, out _, out _, out _);
        return value;
    }

    public override string ToString()
    {
        ReadOnlySpan<byte> all = this;
        int end = all.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? all : all[..end]);
    }
}
