namespace Weft.Gateway.Dhcp;

/// <summary>What may be done with a lease's address. Every state ends at <see cref="Lease.Until"/>; the address is then free for others.</summary>
internal enum LeaseState : byte
{
    /// <summary>Nobody's by right; kept so that the same client gets the same address again.</summary>
    Past,

    /// <summary>Held for a client that has not asked for it yet. In memory only.</summary>
    Offered,

    /// <summary>The client's. Mirrored and in the journal.</summary>
    Bound,

    /// <summary>A client found it in use by somebody else (DHCPDECLINE). Nobody's; given out only when nothing else is left.</summary>
    Declined,
}
