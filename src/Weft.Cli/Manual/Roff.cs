using System.Text;

namespace Weft.Cli.Manual;

/// <summary>Text for man(7): macros on lines of their own, and words that roff does not take for anything else.</summary>
internal sealed class Roff
{
    private readonly StringBuilder _text = new();

    /// <summary>".SH NAME": the words are quoted where they have to be.</summary>
    public Roff Macro(string name, params string[] words)
    {
        _text.Append('.').Append(name);
        foreach (string word in words)
        {
            _text.Append(' ').Append('"').Append(Escaped(word).Replace("\"", "\\(dq")).Append('"');
        }
        _text.Append('\n');
        return this;
    }

    public Roff Text(string text)
    {
        _text.Append(text[0] is '.' or '\'' ? "\\&" : "").Append(Escaped(text)).Append('\n');
        return this;
    }

    /// <summary>A tagged paragraph: the tag stands out, the text is indented.</summary>
    public Roff Tagged(string tag, string? text) => Macro("TP").Macro("B", tag).Text(string.IsNullOrEmpty(text) ? "\u00a0" : text);

    public override string ToString() => _text.ToString();

    private static string Escaped(string text) => text.Replace("\\", "\\e").Replace("-", "\\-").Replace("~", "\\(ti").Replace("^", "\\(ha")
        .Replace("\u00a0", "\\ ").Replace("…", "...");
}
