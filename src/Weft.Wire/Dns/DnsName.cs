namespace Weft.Wire.Dns;

/// <summary>
/// Names on the wire (RFC 1035 §3.1, §4.1.4). A compression pointer must point before the name that holds it, and each next
/// one before the last: no chain can loop, and a name of more than 255 bytes ends the walk.
/// </summary>
public static class DnsName
{
    public const int MaxLength = 255;
    public const int MaxLabel = 63;

    private const int PointerBits = 0xc0;

    /// <summary>Bytes that a name takes up at <paramref name="at"/>, its pointer included; 0 when it is cut short or no name.</summary>
    public static int Skip(ReadOnlySpan<byte> message, int at)
    {
        int start = at;
        while (at < message.Length && at - start <= MaxLength)
        {
            int length = message[at];
            if (length == 0)
            {
                return at + 1 - start <= MaxLength ? at + 1 - start : 0;
            }
            if (length >= PointerBits)
            {
                return at + 2 <= message.Length ? at + 2 - start : 0;
            }
            if (length > MaxLabel)
            {
                return 0;
            }
            at += 1 + length;
        }
        return 0;
    }

    /// <summary>Writes the name at <paramref name="at"/> without compression.</summary>
    /// <param name="name">Room for <see cref="MaxLength"/> bytes.</param>
    public static bool TryExpand(ReadOnlySpan<byte> message, int at, Span<byte> name, out int length)
    {
        length = 0;
        int limit = at;
        while (at < message.Length)
        {
            int label = message[at];
            if (label >= PointerBits)
            {
                int target = at + 1 < message.Length ? (label & ~PointerBits) << 8 | message[at + 1] : limit;
                if (target >= limit)
                {
                    return false;
                }
                limit = target;
                at = target;
                continue;
            }
            if (label > MaxLabel || length + 1 + label > MaxLength || at + 1 + label > message.Length)
            {
                return false;
            }
            message.Slice(at, 1 + label).CopyTo(name[length..]);
            length += 1 + label;
            at += 1 + label;
            if (label == 0)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The name of a dotted text in wire form; null when it is none.</summary>
    public static byte[]? FromText(string text)
    {
        var bytes = new List<byte>(text.Length + 2);
        foreach (string label in text.Trim('.').Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] part = System.Text.Encoding.ASCII.GetBytes(label.ToLowerInvariant());
            if (part.Length > MaxLabel)
            {
                return null;
            }
            bytes.Add((byte)part.Length);
            bytes.AddRange(part);
        }
        bytes.Add(0);
        return bytes.Count <= MaxLength ? [.. bytes] : null;
    }
}
