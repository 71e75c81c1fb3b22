using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weft.Model.Api;

/// <summary>One declared network.</summary>
/// <param name="Spec">What a topology file says of it; PUT takes the same.</param>
public sealed record NetworkObject(string Name, JsonElement Spec, NetworkState Status)
{
    [JsonPropertyOrder(-2)]
    public string ApiVersion { get; init; } = ApiPaths.Version;

    [JsonPropertyOrder(-1)]
    public string Kind { get; init; } = "Network";
}
