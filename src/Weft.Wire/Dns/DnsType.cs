namespace Weft.Wire.Dns;

/// <summary>Types of records and questions (IANA DNS parameters).</summary>
public static class DnsType
{
    public const ushort A = 1;
    public const ushort Ns = 2;
    public const ushort Soa = 6;
    public const ushort Ptr = 12;
    public const ushort Aaaa = 28;
    public const ushort Opt = 41;
    public const ushort Any = 255;

    public const ushort ClassInternet = 1;
    public const ushort ClassAny = 255;
}
