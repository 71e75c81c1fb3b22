using Weft.Model.Differences;

namespace Weft.Model.Api;

/// <summary>What a change would do, or did.</summary>
/// <param name="Items">Networks, VMs and NICs, forwards; empty: nothing.</param>
/// <param name="Notes">What the owner should know.</param>
public sealed record PlanDocument(Difference[] Items, string[] Notes)
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "Plan";
}
