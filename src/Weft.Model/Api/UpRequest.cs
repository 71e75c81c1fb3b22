namespace Weft.Model.Api;

/// <summary>What shall run.</summary>
/// <param name="Text">A topology in YAML or JSON; null: what is stored, or the default network when nothing is.</param>
/// <param name="File">Its name, for messages.</param>
public sealed record UpRequest(string? Text, string? File)
{
    /// <summary>Where weftd shall answer the host's questions for names, or "off"; null: as it is. Only of <c>up</c>.</summary>
    public string? Dns { get; init; }
}
