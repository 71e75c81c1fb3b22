namespace Weft.Model.Api;

/// <summary>The changes that are remembered, newest first.</summary>
public sealed record HistoryDocument(HistoryItem[] Items)
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "History";
}
