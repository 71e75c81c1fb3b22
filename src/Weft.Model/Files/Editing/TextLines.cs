namespace Weft.Model.Files.Editing;

/// <summary>Where the lines of a text begin and end.</summary>
internal sealed class TextLines(string text)
{
    /// <summary>How this text ends its lines.</summary>
    public string Break { get; } = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    public int StartOf(int at) => at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;

    /// <summary>Behind the line break, or the end of the text.</summary>
    public int EndOf(int at) => at > 0 && text[at - 1] == '\n' ? at : text.IndexOf('\n', at) is >= 0 and int end ? end + 1 : text.Length;

    public bool IsBlank(int from, int to) => text.AsSpan(from, to - from).Trim(" \t").IsEmpty;

    /// <summary>Behind the next <paramref name="mark"/>.</summary>
    public int After(int at, char mark) => text.IndexOf(mark, at) + 1;

    /// <summary>Behind the next bracket, of those that stand in no comment.</summary>
    public int BehindBracket(int at)
    {
        for (; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '{' or '}' or '[' or ']':
                    return at + 1;
                case '#':
                    at = EndOf(at) - 1;
                    break;
            }
        }
        return text.Length;
    }

    /// <summary>The start of the line of <paramref name="at"/>, or of the first of the comment lines right above it that are indented
    /// like it.</summary>
    public int WithCommentsAbove(int at)
    {
        int start = StartOf(at);
        int indent = at - start;
        while (start > 0)
        {
            int above = StartOf(start - 1);
            ReadOnlySpan<char> line = text.AsSpan(above, start - above);
            if (line.IndexOfAnyExcept(' ', '\t') != indent || line[indent] != '#')
            {
                break;
            }
            start = above;
        }
        return start;
    }
}
