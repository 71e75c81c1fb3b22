namespace Weft.Wire;

/// <summary>Writes IPv6 fixed headers.</summary>
public static unsafe class Ipv6Header
{
    /// <summary>Writes <see cref="Ipv6View.Size"/> bytes and returns that.</summary>
    /// <param name="payloadLength">Bytes behind the fixed header.</param>
    public static int Write(byte* at, IpAddress source, IpAddress destination, byte nextHeader, int payloadLength, byte hopLimit = 64)
    {
        NetworkOrder.Write32(at + Ipv6View.VersionOffset, 0x6000_0000);
        NetworkOrder.Write16(at + Ipv6View.PayloadLengthOffset, (ushort)payloadLength);
        at[Ipv6View.NextHeaderOffset] = nextHeader;
        at[Ipv6View.HopLimitOffset] = hopLimit;
        source.WriteV6(at + Ipv6View.SourceOffset);
        destination.WriteV6(at + Ipv6View.DestinationOffset);
        return Ipv6View.Size;
    }
}
