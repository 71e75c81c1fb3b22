namespace Weft.Model;

/// <summary>How a network's guests reach each other and the outside.</summary>
public enum NetworkMode
{
    /// <summary>Guests only; no gateway unless DHCP is asked for.</summary>
    Internal,

    /// <summary>A router of its own for each NIC; guests do not see each other.</summary>
    Nat,

    /// <summary>One router for many guests, which see each other.</summary>
    NatNetwork,
}
