using System.Text;

namespace Weft.Cli.Watching;

/// <summary>One log that grows, is cut, or is replaced by another file under its name: gives the lines that came since the last look.</summary>
public sealed class LogFile(string name, string path)
{
    /// <summary>Of a log of any length so much is read at first.</summary>
    public const int MostAtFirst = 1 << 20;

    private readonly byte[] _head = new byte[64];
    private int _headLength;
    private long _position = -1;
    private string _rest = "";
    private string _stamp = "";

    /// <summary>New whole lines, each under its own time, or, where it has none, that of the line before.</summary>
    public List<LogLine> Read()
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (_position >= 0 && IsAnother(file))
            {
                (_position, _rest) = (0, "");
            }
            else if (_position < 0)
            {
                _position = Math.Max(0, file.Length - MostAtFirst);
            }
            KeepHead(file);
            file.Position = _position;
            using StreamReader reader = new(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            string text = _rest + reader.ReadToEnd();
            _position = file.Position;
            int end = text.LastIndexOf('\n') + 1;
            _rest = text[end..];
            return [.. text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Line)];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A file that is shorter than what was read, or begins otherwise, is a new one.</summary>
    private bool IsAnother(FileStream file)
    {
        Span<byte> head = stackalloc byte[_headLength];
        return file.Length < _position || file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.SequenceEqual(_head.AsSpan(0, _headLength));
    }

    private void KeepHead(FileStream file)
    {
        file.Position = 0;
        _headLength = file.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
    }

    private LogLine Line(string line)
    {
        int space = line.IndexOf(' ');
        bool isStamped = space >= 20 && line[4] == '-' && line[10] == 'T' && line[space - 1] == 'Z';
        _stamp = isStamped ? line[..space] : _stamp;
        return new LogLine(_stamp, name, isStamped ? line[(space + 1)..] : line);
    }
}
