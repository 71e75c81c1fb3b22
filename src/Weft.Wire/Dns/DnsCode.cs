namespace Weft.Wire.Dns;

/// <summary>Response codes (RFC 1035 §4.1.1, RFC 6891 §6.1.3).</summary>
public enum DnsCode : byte
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,

    /// <summary>Needs an OPT record for its upper bits.</summary>
    BadVersion = 16,
}
