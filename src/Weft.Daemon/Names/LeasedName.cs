using System.Net;

namespace Weft.Daemon.Names;

/// <summary>What a lease says of names.</summary>
/// <param name="Network">Of the data plane.</param>
/// <param name="Vm">Whose NIC has the address; null: of a guest that the topology does not know.</param>
/// <param name="HostName">What the guest calls itself; null: nothing, or the name of its VM.</param>
internal sealed record LeasedName(string Network, IPAddress Address, string? Vm, string? HostName);
