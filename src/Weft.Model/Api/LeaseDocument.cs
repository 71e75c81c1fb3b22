namespace Weft.Model.Api;

/// <summary>An address given to a guest.</summary>
/// <param name="Nic">Null: of a guest that the topology does not know.</param>
/// <param name="HostName">What the guest calls itself.</param>
/// <param name="Expires">ISO 8601; null: never.</param>
public sealed record LeaseDocument(string Address, string Network, string? Nic, string Mac, string? HostName, string? Expires);
