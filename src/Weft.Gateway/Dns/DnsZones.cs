using Weft.Gateway.Names;
using Weft.Wire;
using Weft.Wire.Dns;

namespace Weft.Gateway.Dns;

/// <summary>The domains that one network's names live in: its own, and weft.internal always. Wire form, lower case.</summary>
internal sealed class DnsZones
{
    private static readonly byte[] Internal = DnsName.FromText("weft.internal")!;

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

    /// <summary>Reads the reverse name of one address.</summary>
    public static bool TryReadReverse(ReadOnlySpan<byte> name, out IpAddress address) =>
        ReverseName.TryRead(name, out address, out int octets) && octets == 4;

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
