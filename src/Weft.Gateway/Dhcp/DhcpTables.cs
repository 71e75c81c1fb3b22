using Weft.Gateway.Names;

namespace Weft.Gateway.Dhcp;

/// <summary>What the DHCP of a network works on besides its own leases.</summary>
/// <param name="Nics">The topology's NICs.</param>
/// <param name="Names">Where names that come with leases go.</param>
/// <param name="Slots">Places in the shared memory.</param>
internal sealed record DhcpTables(GuestNics Nics, NameTable Names, LeaseSlots Slots);
