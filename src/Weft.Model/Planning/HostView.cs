using System.Net;

namespace Weft.Model.Planning;

/// <summary>What a derivation must know besides the topology.</summary>
/// <param name="Routes">The host's routes now.</param>
/// <param name="Picked">Subnets picked earlier, by network of the data plane.</param>
/// <param name="PortsFolder">Where the sockets of NICs lie.</param>
public sealed record HostView(IReadOnlyList<HostRoute> Routes, IReadOnlyDictionary<string, IPNetwork> Picked, string PortsFolder);
