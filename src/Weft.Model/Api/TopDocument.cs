namespace Weft.Model.Api;

/// <summary>What each NIC did per second, the busiest first.</summary>
/// <param name="Seconds">The time that was looked at.</param>
public sealed record TopDocument(double Seconds, TopPort[] Items, TopLane[] Lanes)
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "Top";
}
