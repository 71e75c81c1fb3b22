using Weft.Model.Errors;

namespace Weft.Model.Api;

/// <summary>What <c>weft validate</c> found, in the order of the file.</summary>
public sealed record ValidationDocument(string File, bool Ok, WeftError[] Items)
{
    public string ApiVersion { get; init; } = ApiPaths.Version;

    public string Kind { get; init; } = "Validation";
}
