namespace Weft.Wire.Dns;

/// <summary>One label of a host name (RFC 1123 §2.1): letters, digits and inner hyphens, at most 63 bytes, kept in lower case.</summary>
public static class HostLabel
{
    public const int MaxLength = 63;

    /// <summary>Writes the first label of <paramref name="name"/> in lower case. False when it is no host name.</summary>
    /// <param name="label">Room for <see cref="MaxLength"/> bytes.</param>
    public static bool TryNormalize(ReadOnlySpan<byte> name, Span<byte> label, out int length)
    {
        int dot = name.IndexOf((byte)'.');
        ReadOnlySpan<byte> first = dot < 0 ? name : name[..dot];
        first = first.TrimEnd((byte)0);
        length = first.Length;
        if (first.IsEmpty || first.Length > MaxLength || first[0] == '-' || first[^1] == '-')
        {
            return false;
        }
        for (int i = 0; i < first.Length; i++)
        {
            byte lower = ToLower(first[i]);
            if (lower is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-'))
            {
                return false;
            }
            label[i] = lower;
        }
        return true;
    }

    public static byte ToLower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    /// <summary>FNV-1a over the lower-case bytes.</summary>
    public static uint Hash(ReadOnlySpan<byte> label)
    {
        uint hash = 2166136261;
        foreach (byte value in label)
        {
            hash = (hash ^ ToLower(value)) * 16777619;
        }
        return hash;
    }

    /// <summary>Equal but for the case of ASCII letters (RFC 4343).</summary>
    public static bool AreEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != other.Length)
        {
            return false;
        }
        for (int i = 0; i < one.Length; i++)
        {
            if (ToLower(one[i]) != ToLower(other[i]))
            {
                return false;
            }
        }
        return true;
    }
}
