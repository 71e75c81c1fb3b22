namespace Weft.Wire.Dns;

/// <summary>Names under in-addr.arpa (RFC 1035 §3.5): the octets of an IPv4 address as plain decimal labels, last one first.</summary>
public static class ReverseName
{
    private const int Octets = 4;

    private static readonly byte[] Suffix = DnsName.FromText("in-addr.arpa")!;

    /// <summary>Reads d.c.b.a.in-addr.arpa, or the zone of fewer octets.</summary>
    /// <param name="name">Wire form, whole.</param>
    /// <param name="address">What the octets say, and zeros for those that are not there.</param>
    /// <param name="octets">1 to 4.</param>
    public static bool TryRead(ReadOnlySpan<byte> name, out IpAddress address, out int octets)
    {
        address = default;
        octets = 0;
        uint value = 0;
        int at = 0;
        while (name.Length - at > Suffix.Length && octets < Octets)
        {
            if (!TryReadOctet(name.Slice(at + 1, name[at]), out uint octet))
            {
                return false;
            }
            value |= octet << (8 * octets++);
            at += 1 + name[at];
        }
        address = IpAddress.FromV4(octets == 0 ? 0 : value << (8 * (Octets - octets)));
        return octets > 0 && HostLabel.AreEqual(name[at..], Suffix);
    }

    private static bool TryReadOctet(ReadOnlySpan<byte> label, out uint octet)
    {
        octet = 0;
        if (label.Length is 0 or > 3 || (label.Length > 1 && label[0] == '0'))
        {
            return false;
        }
        foreach (byte digit in label)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            octet = octet * 10 + (uint)(digit - '0');
        }
        return octet < 256;
    }
}
