using Weft.Wire;

namespace Weft.Gateway.Arp;

/// <summary>Where a guest's address lives on the switch.</summary>
/// <param name="Seen">Lane time in microseconds at which the guest last showed it.</param>
internal readonly record struct Neighbour(IpAddress Address, MacAddress Mac, ushort Vlan, long Seen);

/// <summary>What <see cref="NeighbourTable.Learn"/> did.</summary>
internal enum NeighbourChange
{
    /// <summary>Not an address or a MAC that may be learned.</summary>
    Refused,
    Refreshed,
    Added,

    /// <summary>The address was somebody else's: a guest moved its NIC, or another one claims its address.</summary>
    Moved,
}
