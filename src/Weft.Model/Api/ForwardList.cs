namespace Weft.Model.Api;

public sealed record ForwardList(ForwardDocument[] Items)
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "ForwardList";
}
