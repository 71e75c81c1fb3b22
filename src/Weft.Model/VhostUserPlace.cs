namespace Weft.Model;

/// <summary>Where a vhost-user NIC meets its hypervisor.</summary>
/// <param name="Socket">Absolute path; null: in the home, by the NIC's name.</param>
/// <param name="Role">Weft's part.</param>
public sealed record VhostUserPlace(string? Socket, VhostUserRole Role);
