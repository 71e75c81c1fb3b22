using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weft.Model.Api;

/// <summary>One declared VM.</summary>
/// <param name="Spec">What a topology file says of it; PUT takes the same.</param>
/// <param name="Nics">Its cards as they stand.</param>
public sealed record VmObject(string Name, JsonElement Spec, NicState[] Nics)
{
    [JsonPropertyOrder(-2)]
    public string ApiVersion { get; init; } = ApiPaths.Version;

    [JsonPropertyOrder(-1)]
    public string Kind { get; init; } = "Vm";
}
