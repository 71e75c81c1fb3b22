using Weft.Gateway.Names;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>Who asks for an address.</summary>
/// <param name="Client"><see cref="ClientKey"/>.</param>
/// <param name="Port">The port that it came in at; 0 = not known.</param>
/// <param name="Nic">The topology's NIC, when it is one.</param>
internal readonly record struct LeaseClaim(ulong Client, MacAddress Mac, ulong Port, GuestNic? Nic);
