namespace Weft.Wire;

/// <summary>How far a frame could be parsed.</summary>
public enum ParseResult : byte
{
    /// <summary>IP, and the transport header when it is TCP, UDP or ICMP and not a later fragment.</summary>
    Ok = 0,

    /// <summary>Not IP; the Ethernet fields are set.</summary>
    NotIp,

    /// <summary>Fewer bytes than a header or its length field promise. Ethernet fields are set when they were there.</summary>
    Truncated,

    /// <summary>A header contradicts itself: version, header length, data offset, UDP length.</summary>
    BadHeader,
}
