namespace Weft.Model;

/// <summary>Where a NIC's stream meets its hypervisor.</summary>
/// <param name="Address">Absolute path or IPv4:PORT (<see cref="SocketText"/>); null: a unix socket in the home, by the NIC's name.</param>
/// <param name="Dials">The hypervisor listens there and Weft connects, again whenever it is lost; otherwise Weft listens.</param>
public sealed record StreamPlace(string? Address, bool Dials = false);
