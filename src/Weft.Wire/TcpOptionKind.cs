namespace Weft.Wire;

/// <summary>TCP option kinds (RFC 9293 §3.2, RFC 7323, RFC 2018).</summary>
public enum TcpOptionKind : byte
{
    End = 0,
    NoOperation = 1,
    MaximumSegmentSize = 2,
    WindowScale = 3,
    SackPermitted = 4,
    Sack = 5,
    Timestamps = 8,
}
