using System.Text;

namespace Weft.Engine.State;

/// <summary>Text in a field of a record: UTF-8 up to the first zero, and always one zero at the end. What is too long is cut between characters.</summary>
internal static class FixedText
{
    public static void Write(Span<byte> field, ReadOnlySpan<char> text) =>
        Encoding.UTF8.GetEncoder().Convert(text, field[..^1], flush: true, out _, out _, out _);

    public static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    public static string Read(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(Bytes(field));
}
