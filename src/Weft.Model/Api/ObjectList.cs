using System.Text.Json.Serialization;

namespace Weft.Model.Api;

/// <summary>All objects of one kind: <c>NetworkList</c> and its like.</summary>
public sealed record ObjectList<T>(string Kind, T[] Items)
{
    [JsonPropertyOrder(-1)]
    public string ApiVersion { get; init; } = ApiPaths.Version;
}
