using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weft.Model.Api;

/// <summary>One declared NIC.</summary>
/// <param name="Name">"alpha:1".</param>
/// <param name="Spec">What a topology file says of it; PUT takes the same.</param>
public sealed record NicObject(string Name, JsonElement Spec, NicState Status)
{
    [JsonPropertyOrder(-2)]
    public string ApiVersion { get; init; } = ApiPaths.Version;

    [JsonPropertyOrder(-1)]
    public string Kind { get; init; } = "Nic";
}
