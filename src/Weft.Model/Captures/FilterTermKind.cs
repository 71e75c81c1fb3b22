namespace Weft.Model.Captures;

/// <summary>What one term of a capture's filter asks or joins.</summary>
public enum FilterTermKind : byte
{
    /// <summary>Source or destination is an address.</summary>
    Host = 1,

    /// <summary>Source or destination lies in a prefix.</summary>
    Net = 2,

    /// <summary>TCP or UDP, from or to a port.</summary>
    Port = 3,

    /// <summary>IP protocol.</summary>
    Protocol = 4,

    /// <summary>Ethernet type.</summary>
    Type = 5,

    /// <summary>Source or destination is a MAC address.</summary>
    Station = 6,

    /// <summary>ICMP of either IP version.</summary>
    Icmp = 7,
    And = 8,
    Or = 9,
    Not = 10,
}
