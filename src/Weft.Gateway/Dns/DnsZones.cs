using Weft.Gateway.Names;
using Weft.Wire;

namespace Weft.Gateway.Dns;

/// <summary>The domains that one network's names live in: its own, and weft.internal always. Wire form, lower case.</summary>
internal sealed class DnsZones
{
    private static readonly byte[] Internal = DnsName.FromText("weft.internal")!;
    private static readonly byte[] ReverseSuffix = DnsName.FromText("in-addr.arpa")!;

    private readonly byte[] _own;

    /// <param name="domain">The network's domain; empty or no name: weft.internal.</param>
    public DnsZones(string domain)
    {
        byte[]? own = DnsName.FromText(domain);
        _own = own is null || own.Length == 1 || own.Length > DnsName.MaxLength - HostLabel.MaxLength - 1 ? Internal : own;
    }

    /// <summary>The network's own domain: what reverse answers name.</summary>
    public ReadOnlySpan<byte> Own => _own;

    /// <summary>Finds the zone that a name ends with.</summary>
    /// <param name="start">Where the zone starts within the name.</param>
    public bool TryFind(ReadOnlySpan<byte> name, out int start, out ReadOnlySpan<byte> zone)
    {
        zone = _own;
        if (EndsWith(name, _own, out start))
        {
            return true;
        }
        zone = Internal;
        return EndsWith(name, Internal, out start);
    }

    /// <summary>Reads d.c.b.a.in-addr.arpa (RFC 1035 §3.5), four plain decimal labels.</summary>
    public static bool TryReadReverse(ReadOnlySpan<byte> name, out IpAddress address)
    {
        address = default;
        if (!EndsWith(name, ReverseSuffix, out int end))
        {
            return false;
        }
        uint value = 0;
        int at = 0;
        for (int i = 0; i < 4; i++)
        {
            if (at >= end || !TryReadOctet(name.Slice(at + 1, name[at]), out uint octet))
            {
                return false;
            }
            value |= octet << (8 * i);
            at += 1 + name[at];
        }
        address = IpAddress.FromV4(value);
        return at == end;
    }

    private static bool TryReadOctet(ReadOnlySpan<byte> label, out uint octet)
    {
        octet = 0;
        foreach (byte digit in label)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            octet = octet * 10 + (uint)(digit - '0');
        }
        return label.Length is 1 or 2 or 3 && octet < 256 && (label.Length == 1 || label[0] != '0');
    }

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> zone, out int start)
    {
        start = 0;
        while (name.Length - start > zone.Length)
        {
            start += 1 + name[start];
        }
        return name.Length - start == zone.Length && HostLabel.AreEqual(name[start..], zone);
    }
}
