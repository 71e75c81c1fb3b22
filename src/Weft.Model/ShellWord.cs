using System.Buffers;

namespace Weft.Model;

/// <summary>One word of a command line for a POSIX shell: plain where no character of it means anything there, in single quotes
/// otherwise.</summary>
public static class ShellWord
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-:,+@%");

    public static string Of(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Plain) ? text : $"'{text.Replace("'", "'\\''")}'";

    /// <summary>Each as a word, with spaces between them.</summary>
    public static string Line(params IEnumerable<string> words) => string.Join(' ', words.Select(Of));
}
