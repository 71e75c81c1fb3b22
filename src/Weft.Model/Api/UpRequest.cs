namespace Weft.Model.Api;

/// <summary>What shall run.</summary>
/// <param name="Text">A topology in YAML or JSON; null: what is stored, or the default network when nothing is.</param>
/// <param name="File">Its name, for messages.</param>
public sealed record UpRequest(string? Text, string? File);
