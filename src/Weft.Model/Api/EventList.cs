namespace Weft.Model.Api;

/// <summary>The latest events, oldest first.</summary>
public sealed record EventList(EventDocument[] Items)
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "EventList";
}
