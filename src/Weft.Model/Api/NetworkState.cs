namespace Weft.Model.Api;

/// <summary>How a network stands.</summary>
/// <param name="State">"started", "stopped", or "unknown" while no worker answers.</param>
/// <param name="Subnet">Declared or picked; null when guests have none from us, or each its own (mode nat).</param>
/// <param name="Leases">Null: no DHCP.</param>
/// <param name="Nics">Names of the NICs on it.</param>
/// <param name="Forwards">Declared forwards that lead into it.</param>
public sealed record NetworkState(string State, string? Subnet, string? Gateway, int? Leases, string[] Nics, string[] Forwards);
