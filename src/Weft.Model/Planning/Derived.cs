using System.Net;

namespace Weft.Model.Planning;

/// <summary>A data plane derived from a topology.</summary>
/// <param name="Picked">Subnets that were picked, not declared, by network: to be remembered.</param>
/// <param name="Notes">What the owner should know, in sentences.</param>
public sealed record Derived(DataPlane Plane, IReadOnlyDictionary<string, IPNetwork> Picked, Items<string> Notes);
