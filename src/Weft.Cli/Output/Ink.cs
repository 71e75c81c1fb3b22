namespace Weft.Cli.Output;

/// <summary>Colours for a terminal (ECMA-48 SGR), or none.</summary>
internal readonly struct Ink(bool color)
{
    public string Strong(string text) => Paint(text, "1");

    public string Faint(string text) => Paint(text, "2");

    public string Good(string text) => Paint(text, "32");

    public string Warning(string text) => Paint(text, "33");

    public string Bad(string text) => Paint(text, "31");

    private string Paint(string text, string code) => color && text.Length > 0 ? $"\x1b[{code}m{text}\x1b[0m" : text;
}
