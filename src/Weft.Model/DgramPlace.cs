namespace Weft.Model;

/// <summary>The two ends of a NIC's datagrams, both absolute paths or both IPv4:PORT (<see cref="SocketText"/>).</summary>
/// <param name="Local">Weft's end; null with the other one: unix sockets in the home, by the NIC's name.</param>
/// <param name="Remote">The hypervisor's end.</param>
public sealed record DgramPlace(string? Local, string? Remote);
