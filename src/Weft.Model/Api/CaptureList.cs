namespace Weft.Model.Api;

public sealed record CaptureList(CaptureDocument[] Items)
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "CaptureList";
}
