using System.Text.Json.Serialization.Metadata;

namespace Weft.Model.Api.Description;

/// <summary>One method at one address of the API, as its description tells it.</summary>
/// <param name="Method">"GET".</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Id">A name that no other operation has.</param>
public sealed record Operation(string Method, string Path, string Id, string Summary)
{
    public const string Json = "application/json";

    /// <summary>JSON that it takes; null: none, or <see cref="FileBody"/>.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>The body is this definition of the topology file's schema.</summary>
    public string? FileBody { get; init; }

    /// <summary>The body has some of the keys of <see cref="FileBody"/>, and null for one that shall go (RFC 7396).</summary>
    public bool IsPatch { get; init; }

    public JsonTypeInfo? Reply { get; init; }

    public string ReplyType { get; init; } = Json;

    /// <summary>Of each event, where the reply is a stream of them.</summary>
    public JsonTypeInfo? Event { get; init; }

    public Items<(string Name, string Says)> Query { get; init; } = [];
}
