using System.Runtime.CompilerServices;
using System.Text;

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
        Encoding.UTF8.GetEncoder().Convert(text, ((Span<byte>)value)[..(Size - 1)], flush: true, out _, out _, out _);
        return value;
    }

    /// <summary>The bytes up to the first zero.</summary>
    public static ReadOnlySpan<byte> Bytes(ref readonly Text64 text)
    {
        ReadOnlySpan<byte> all = text;
        int end = all.IndexOf((byte)0);
        return end < 0 ? all : all[..end];
    }

    public override string ToString() => Encoding.UTF8.GetString(Bytes(in this));
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
