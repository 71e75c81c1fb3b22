using System.Text;
using Weft.Wire.Dns;

namespace Weft.Daemon.Names;

/// <summary>Names as text and as they come in messages, in lower case.</summary>
internal static class HostName
{
    /// <summary>Letters in lower case, digits and inner hyphens.</summary>
    public static bool IsLabel(string text)
    {
        Span<byte> label = stackalloc byte[HostLabel.MaxLength];
        return text.Length <= HostLabel.MaxLength && text.All(char.IsAscii) && !text.Contains('.') &&
            HostLabel.TryNormalize(Encoding.ASCII.GetBytes(text), label, out int length) && Encoding.ASCII.GetString(label[..length]) == text;
    }

    /// <summary>Takes a whole name in wire form apart. Bytes that no host name has come back as they are: they match nothing.</summary>
    public static string[] Labels(ReadOnlySpan<byte> name)
    {
        List<string> labels = [];
        for (int at = 0; name[at] != 0; at += 1 + name[at])
        {
            // A dot within a label would look like two of them.
            labels.Add(Encoding.Latin1.GetString(name.Slice(at + 1, name[at])).ToLowerInvariant().Replace('.', '\0'));
        }
        return [.. labels];
    }
}
