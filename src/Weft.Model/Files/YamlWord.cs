using System.Buffers;
using System.Text;

namespace Weft.Model.Files;

/// <summary>One value as YAML: plain where nothing in it could mean something else, in double quotes otherwise.</summary>
public static class YamlWord
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-");

    /// <summary>Words that YAML 1.1 or 1.2 takes for something else than text.</summary>
    private static readonly string[] Meaning = ["null", "true", "false", "on", "off", "yes", "no", "y", "n"];

    public static string Of(string text) => IsPlain(text) ? text : $"\"{Escape(text)}\"";

    public static bool IsPlain(string text) => text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/') &&
        !Meaning.Contains(text.ToLowerInvariant()) && !text.AsSpan().ContainsAnyExcept(Plain);

    private static StringBuilder Escape(string text)
    {
        StringBuilder escaped = new();
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' or '\\' => escaped.Append('\\').Append(c),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\ufeff' => escaped.Append($"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }
        return escaped;
    }
}
